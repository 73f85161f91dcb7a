ARG BASE=common
FROM scratch AS common
ARG VERSION=1
ENV A=1 PATH=/common:$PATH
USER common
WORKDIR /common
CMD ["common"]
LABEL from=common both=common
ONBUILD ENV TRIGGERED=$A
ONBUILD LABEL trigger=run
FROM unrelated.example.org/x:1 AS other
ENV A=2
USER other
FROM ${BASE} AS middle
ENV A=3 SEEN=$VERSION
ENTRYPOINT ["middle"]
WORKDIR sub
ONBUILD USER trigger
FROM middle
LABEL both=final a=$A version=$VERSION triggered=$TRIGGERED
EXPOSE 80
