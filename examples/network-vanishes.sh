#!/bin/sh
# A test of a guest in which its network vanishes in the middle. Needs curl, and a service that can be steered:
#   proxy-wifi serve --control unix:///tmp/wifi.sock
#   sh network-vanishes.sh /tmp/wifi.sock proxy-wifi
set -eu
socket=$1
shift # What is left is how to call proxy-wifi, and is the guest under test.

steer() { curl --silent --show-error --fail-with-body --unix-socket "$socket" "http://wifi$1" --data "$2"; }
networks() { "$@" guest scan; }

until networks "$@" | grep -q 'Harbour Cafe'; do :; done
steer /air '{"do":"network.vanishes","ssid":"Harbour Cafe"}'
until ! networks "$@" | grep -q 'Harbour Cafe'; do :; done
echo 'the guest has noticed that it is gone'
steer /air '{"do":"network.appears","ssid":"Harbour Cafe"}'
until networks "$@" | grep -q 'Harbour Cafe'; do :; done
echo 'the guest has found it again'
