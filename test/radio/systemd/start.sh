# Runs the bundled tests on the machine that systemd has booted.
ln -s /project/node_modules /node_modules
mkdir -p /out/logs
cd /project || exit 125
PATH=$PATH:/node
exec node --enable-source-maps /out/systemd.mjs
