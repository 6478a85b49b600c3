#!/bin/sh
# chromium.sh: Chromium that ends with chromedriver, even if that is killed.
exec setpriv --pdeathsig KILL -- chromium "$@"
