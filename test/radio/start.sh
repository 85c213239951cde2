# Runs the bundled tests; the virtual machine's init has mounted everything.
ln -s /project/node_modules /node_modules
mkdir -p /out/logs
cd /project || exit 125
PATH=$PATH:/node
exec node --enable-source-maps /out/tests.mjs
