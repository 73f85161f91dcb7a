# syntax=docker/dockerfile:1
FROM scratch
MAINTAINER Miles O'Brien <$NAME@example.org>
ENV A=1 B="two words" C=three\ words
LABEL version="1.0" "org.example.key"='$A' text="a b \"c\""
label lower case and the old form
EXPOSE 8080 53/udp 7000-7002 127.0.0.1:90:91/TCP
VOLUME /data /cache
VOLUME ["/with blank", "/$A"]
USER 1000:1000
WORKDIR /usr
WORKDIR local/../lib
STOPSIGNAL SIGTERM
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
HEALTHCHECK --interval=1m30s --timeout=1.5s --start-period=2h --start-interval=250ms --retries=3 \
  CMD curl -f "http://localhost/" || exit 1
ENTRYPOINT ["/app", "--flag", "$A"]
CMD serve   --all "$A"
ONBUILD RUN make $X
ONBUILD COPY . /src
