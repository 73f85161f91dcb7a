# escape=`
# check=skip=all

FROM mcr.microsoft.com/windows/nanoserver:ltsc2022
SHELL ["powershell", "-Command"]
ENV DIR=C:\app QUOTED="C:\my app" ESCAPED=a` b`$DIR
LABEL continued=a `
  more=$DIR dollar="`$DIR" back=\$DIR
WORKDIR C:\app
WORKDIR bin\\..\lib
RUN Write-Host `
  # a comment `
  x
VOLUME C:\data
ENTRYPOINT app.exe --dir C:\x
CMD ["C:\\\\x"]
USER ContainerUser
