# escape=`
# a comment
FROM scratch

ENV A=1 `
  # in between

  B=2 ` 	
 C="3"
USER a
CMD a `
  b
LABEL x=`
y
