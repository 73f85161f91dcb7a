FROM mcr.microsoft.com/windows/nanoserver:1809
WORKDIR app/x
WORKDIR ..\\y
CMD dir C:\\
ENTRYPOINT velero.exe
