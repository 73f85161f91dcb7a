FROM scratch
CMD
ENTRYPOINT
VOLUME []x
LABEL a=b c="d=e"f
ENV "X Y"=1
MAINTAINER  a   b
USER  a   b
