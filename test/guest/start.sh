# Runs the bundled tests; the virtual machine's init has mounted everything.
ln -s /project/node_modules /node_modules
export PATH=$PATH:/node

# All that is read and written on the way lies in memory: a machine whose clock leaps over idle time would leap while it waits for this
# one's disk. /out gets what is left in the end.
mkdir -p /shared /memory
mount --move /out /shared
cp -r /shared/. /memory/
mount --bind /memory /out
mkdir -p /out/logs
cd /project || exit 125
set -a
[[ ! -f /out/environment ]] || . /out/environment
set +a
node --enable-source-maps "/out/${PROXY_WIFI_GUEST_PROGRAM:-tests}.mjs"
status=$?
cd /
cp -r /memory/logs /shared/
for file in counts measurements.md; do [[ ! -f /memory/$file ]] || cp "/memory/$file" /shared/; done
umount --lazy /out
mount --move /shared /out
exit "$status"
