# not a directive
# escape=`

  FROM scratch
ENV A=1 \
# a comment \
    B=2 \

   \
  # indented comment
    C=3
RUN echo a \\
LABEL twice="a\
b" next=x\
y
USER \
u
CMD a \
    b\
c
   # indented comment
	WORKDIR	/tab	
ENV D d \
  e
\
EXPOSE 1\
0
