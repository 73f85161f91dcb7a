FROM scratch AS A
USER first
FROM a AS a
LABEL user=second
FROM scratch AS b
USER b
FROM a
CMD ["x"]
