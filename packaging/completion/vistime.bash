# bash completion for vistime(1)
_vistime() {
  local current previous words
  current=${COMP_WORDS[COMP_CWORD]}
  previous=${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
    --send-audio|--send-video|--record|--stats|--password-file|--ca-file|--proxy-pac|--html)
      mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --codec) words="vp8 vp9" ;;
    --subscribe) words="all audio none" ;;
    --layers) words="1 2 3" ;;
    --name|--duration|--chat|--bitrate|--server|--max|--proxy|--proxy-user) return ;;
    *)
      case "${COMP_WORDS[1]} ${COMP_WORDS[2]}" in
        "room create") words="--server --name --password-file --password --lobby --max --ca-file --proxy --proxy-pac --proxy-user --json --help" ;;
        "room list") words="--json --help" ;;
        "room close") words="--ca-file --proxy --proxy-pac --proxy-user --json --help" ;;
        "room "*) words="create list close --help" ;;
        "join "*) words="--name --send-audio --send-video --loop --no-loop --record --duration --until-sent --stats
          --password-file --ca-file --proxy --proxy-pac --proxy-user --host --layers --codec --bitrate --subscribe --chat --print-chat --json --help" ;;
        "doctor "*) words="--html --idle --call --audio --record --json --ca-file --proxy --proxy-pac --proxy-user --help" ;;
        "completion "*) words="bash zsh fish" ;;
        *) words="room join doctor completion --help --version" ;;
      esac ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _vistime vistime
