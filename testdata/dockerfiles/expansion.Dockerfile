FROM scratch
ENV PORTS="90 91" A=1 EMPTY= SPACED="a  b" FILE=archive.tar.gz PATHS=/usr/local/bin:/usr/bin NAME=héllo
ENV A=2 SAME=$A
LABEL plain=$A braced=${A} unset=[$NO] dash=${NO-d} colon-dash=${EMPTY:-d} dash-empty=[${EMPTY-d}] \
  plus=${A+set} colon-plus=[${EMPTY:+set}] plus-empty=${EMPTY+set} nested=${NO:-${EMPTY:-${A}x}y} \
  required=${A?must} required-colon=${A:?must}
LABEL prefix=${FILE#*.} longest-prefix=${FILE##*.} suffix=${FILE%.*} longest-suffix=${FILE%%.*} \
  any=${FILE#?r} none=${FILE#x*} literal=${FILE%tar.gz} all=[${FILE##*}] least=[${FILE#*}] \
  first=${PATHS/bin/sbin} every=${PATHS//bin/sbin} slash=${PATHS//\//_} wild=${PATHS/:*/} \
  utf8=${NAME#h?} utf8-end=${NAME%l?} star=[${PATHS//*/x}] nothing=${NO/a/b} question=${NAME//l?/L} \
  brace=${PATHS/\}/x} escaped=${FILE#archive\*}
LABEL quoted="$A ${A}" single='$A ${A}' escaped=\$A escaped-quoted="\$A \"x\" \\ \n" tick=`x` \
  glued=a"b c"'d e'f\ g digits=$1x dollar=$ end=a$ special=[$@$#$?] lone=$-x heredoc=a<<b less=a<b
LABEL spaced=$SPACED spaced-quoted="$SPACED" backslash=a\\b name-$A=v
EXPOSE ${A}0 5${NO:-7} $PORTS $SPACED_NO ${EMPTY:-60/udp}
USER "${SPACED}"
WORKDIR /x/$SPACED/"q"
VOLUME $A ${SPACED}
STOPSIGNAL ${NO:-SIGKILL}
ENV OLD value of   $A "quoted" 'single $A'
CMD echo $A ${A} "$A"
ENTRYPOINT ["echo", "$A", "\u00e9 \" \\ \t"]
HEALTHCHECK CMD test $A
ONBUILD ENV X=$A
