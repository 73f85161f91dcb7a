FROM scratch AS base
CMD ["base"]
HEALTHCHECK --retries=10 CMD ["probe"]
SHELL ["/bin/ash", "-c"]
FROM base AS entry
ENTRYPOINT run it
FROM entry AS command
CMD shell form
ENTRYPOINT ["again"]
HEALTHCHECK NONE
FROM command
ENTRYPOINT []
CMD []
EXPOSE 1/tcp 1/udp 65535/sctp 0
STOPSIGNAL rtmin+3
WORKDIR /a//b/
WORKDIR $NOTHING
