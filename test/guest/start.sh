# Runs the bundled tests; the virtual machine's init has mounted everything.
ln -s /project/node_modules /node_modules
mkdir -p /out/logs
cd /project || exit 125
export PATH=$PATH:/node
set -a
[[ ! -f /out/environment ]] || . /out/environment
exec node --enable-source-maps "/out/${PROXY_WIFI_GUEST_PROGRAM:-tests}.mjs"
