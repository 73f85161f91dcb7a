# syntax=docker/dockerfile:1.4
FROM scratch AS files
RUN <<EOT
USER inside
LABEL inside=1
EOT
COPY <<one <<-"two" <<'three' /files/
USER one
one
	USER two
	two
CMD three
three
RUN <<EOT bash -e
 EOT
	EOT
EOT
USER files
FROM files
RUN cat <<A <<B > /x
LABEL a=b
A
LABEL b=c
B
COPY << EOT /spaced
ENV X=Y
EOT
RUN 3<<-EOT cat /dev/fd/3
	ENV X=Y
	EOT
ADD --chown=1:1 <<"quoted-name" /q
USER q
quoted-name
RUN ["sh", "<<NO"]
LABEL after=json
RUN echo $((1<<2)) x<<y
LABEL after=shift
RUN echo "it's <<NOT"
LABEL after=quoted
ONBUILD RUN <<EOT
echo a
EOT
ONBUILD COPY --from=x <<EOT <<EOT2 /x
first
EOT
second
EOT2
LABEL text=<<EOT
