#compdef vistime
# zsh completion for vistime(1)
_vistime() {
  local -a join create network doctor
  network=(
    '--ca-file[trust these certificates as well]:file:_files' '--proxy[go through this proxy]:address:'
    '--proxy-pac[script that names proxies]:file:_files' '--proxy-user[name for the proxy]:name:'
  )
  doctor=('--html[write a report into this file]:file:_files' '--call[also make a test call]' '--audio[say this WAV file in it]:file:_files' '--record[write what came back into this WAV file]:file:_files' '--idle[hold a connection silent for so many seconds]:seconds:' '--json[print JSON]' '1:server or link:')
  join=(
    '--name[the name to show]:name:' '--send-audio[WAV file to speak]:file:_files -g "*.wav"'
    '--send-video[Y4M file to show]:file:_files -g "*.y4m"' '--loop[send the files again and again]'
    '--no-loop[send the files once]' '--record[folder to record into]:folder:_files -/'
    '--duration[leave after so many seconds]:seconds:' '--until-sent[leave when the files have been sent]'
    '--stats[write figures to this file]:file:_files' '--password-file[file with the password]:file:_files'
    '--host[join as host]'
    '--layers[qualities of the picture]:layers:(1 2 3)' '--codec[codec of the picture]:codec:(vp8 vp9)'
    '--bitrate[of the largest picture, kbit/s]:kbit/s:' '--subscribe[what to receive]:what:(all audio none)'
    '*--chat[send this after joining]:text:' '--print-chat[print chat]' '--json[events as JSON lines]' '1:link:'
  )
  create=(
    '--server[the server]:https URL:' '--name[the name of the room]:name:' '--password-file[file with the password]:file:_files'
    '--password[ask for a password]' '--lobby[guests wait until they are let in]' '--max[at most so many]:number:'
    '--json[print JSON]'
  )
  if (( CURRENT == 2 )); then
    _values 'command' room join doctor completion --help --version
  elif [[ $words[2] == room && CURRENT -eq 3 ]]; then
    _values 'command' create list close
  elif [[ $words[2] == room ]]; then
    shift 2 words; (( CURRENT -= 2 )); _arguments $create $network
  elif [[ $words[2] == join ]]; then
    shift words; (( CURRENT -= 1 )); _arguments $join $network
  elif [[ $words[2] == doctor ]]; then
    shift words; (( CURRENT -= 1 )); _arguments $doctor $network
  elif [[ $words[2] == completion ]]; then
    _values 'shell' bash zsh fish
  fi
}
_vistime "$@"
