# ./dev up
# shellcheck shell=bash
# shellcheck source=tools/dev/build.sh
source tools/dev/build.sh

up_help='./dev up [--data DIR] [--https-port N] [--http-port N] [-- VISTIMED-OPTION…]

Installs what is missing, builds the programs and the page as users run them, starts build/bin/vistimed with its embedded
defaults, creates a meeting and prints how to join it. Ctrl-C stops the server.

  --data DIR       the server'"'"'s state (default build/data/up; delete it to start afresh)
  --https-port N   default 443, or 8443 where 443 is taken or forbidden
  --http-port N    default 80, or 8080 likewise
  --loopback-port N  where browsers of this machine need no certificate (default 8000, or 8001)
  --yes            accepted for scripts; ./dev never asks
What follows -- goes to vistimed as it stands; build/bin/vistimed --help lists its options.'

# How long vistimed may take until it answers: key generation on a slow machine, not a usual start.
readonly up_deadline_seconds=30

# Whether this process may bind a port: CAP_NET_BIND_SERVICE is bit 10 of the effective set.
may_bind() {
  local port=$1 first_free capabilities
  first_free=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
  capabilities=$(awk '/^CapEff:/ {print $2}' /proc/self/status)
  ((port >= first_free)) || (((16#$capabilities >> 10) & 1))
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# choose_port FIRST SECOND: prints the port to use; says so in one line when it is not the first.
choose_port() {
  local first=$1 second=$2 reason=
  if ! may_bind "$first"; then
    reason="not allowed to this user"
  elif listening "$first"; then
    reason="in use"
  else
    echo "$first"
    return
  fi
  if listening "$second"; then
    die "port $first is $reason and $second in use; choose others with --https-port and --http-port"
  fi
  note "Port $first is $reason; using $second instead."
  echo "$second"
}

up_show_log_and_die() {
  complain "The last lines of $up_log:"
  tail -n 20 "$up_log" >&2 || true
  die "$1"
}

up_stop() {
  trap - INT TERM EXIT
  if [[ -n ${up_server:-} ]] && kill -0 "$up_server" 2>/dev/null; then
    note "Stopping vistimed…"
    kill -TERM "$up_server" 2>/dev/null || true
    wait "$up_server" 2>/dev/null || true
  fi
}

# Waits until vistimed accepts connections; leaves with its log when it ends or stays silent.
up_await_server() {
  local port=$1 deadline=$((SECONDS + up_deadline_seconds))
  until listening "$port"; do
    kill -0 "$up_server" 2>/dev/null || up_show_log_and_die "vistimed ended before it was ready"
    ((SECONDS < deadline)) || up_show_log_and_die "vistimed did not answer within $up_deadline_seconds s"
    sleep 0.05
  done
}

# Prints the new meeting's link.
up_create_room() {
  local server=$1 ca=$2 answer link
  answer=$(build/bin/vistime room create --server "$server" --ca-file "$ca" --name "Try Vistime" --json) ||
    up_show_log_and_die "vistime could not create a room"
  link=$(python3 -c 'import json, sys; print(json.load(sys.stdin)["link"])' <<<"$answer") ||
    die "vistime room create --json gave no link: $answer"
  printf '%s\n' "$link"
}

up_print() {
  local server=$1 ca=$2 link=$3 samples=$4 browser=$5
  cat <<TEXT

Vistime is running at $server   (log: $up_log)

  Meeting   $link
  CA        $ca   (trust it once, or pass it as below)

Open it in a browser of this machine, without a certificate:

  $browser

Join it from two more terminals, in $PWD; one sends, the other records:

  build/bin/vistime join '$link' --ca-file $ca --name Ada \\
    --send-audio $samples/voice.wav --send-video $samples/picture.y4m

  build/bin/vistime join '$link' --ca-file $ca --name Ben --record build/data/recording

Ctrl-C stops the server.
TEXT
}

up_main() {
  help_if_asked "$up_help" "$@"
  local data=build/data/up https_port='' http_port='' loopback_port='' server link samples=build/data/samples
  while [[ $# -gt 0 ]]; do
    case $1 in
      --data | --https-port | --http-port | --loopback-port)
        [[ $# -ge 2 ]] || die_usage "$1 takes a value"
        [[ $1 == --data ]] || require_number "$1" "$2"
        case $1 in
          --data) data=$(from_caller "$2") ;;
          --https-port) https_port=$2 ;;
          --http-port) http_port=$2 ;;
          --loopback-port) loopback_port=$2 ;;
        esac
        shift
        ;;
      --yes) ;;
      --)
        shift
        break
        ;;
      *) die_usage "./dev up knows no '$1'; see ./dev up --help" ;;
    esac
    shift
  done

  require_packages build
  build_preset release vistimed vistime || die "the build failed; its first error is above"
  build_web || die "the web client could not be built; the error is above"
  [[ -x build/bin/vistimed && -x build/bin/vistime ]] || die "the build left no build/bin/vistimed and vistime"
  mkdir -p "$data"
  python3 tools/make_sample.py "$samples"

  [[ -n $https_port ]] || https_port=$(choose_port 443 8443)
  [[ -n $http_port ]] || http_port=$(choose_port 80 8080)
  [[ -n $loopback_port ]] || loopback_port=$(choose_port 8000 8001)
  listening "$https_port" && die "port $https_port is in use; choose another with --https-port"
  server=https://localhost
  [[ $https_port == 443 ]] || server+=:$https_port

  up_log=$data.log
  trap up_stop EXIT
  trap 'exit 0' INT TERM
  build/bin/vistimed --data "$data" --https-port "$https_port" --http-port "$http_port" \
    --loopback-port "$loopback_port" --web-dir build/web "$@" >"$up_log" 2>&1 &
  up_server=$!
  up_await_server "$https_port"
  link=$(up_create_room "$server" "$data/tls/ca.pem")
  up_print "$server" "$data/tls/ca.pem" "$link" "$samples" "http://localhost:$loopback_port/${link#https://*/}"
  wait "$up_server" || up_show_log_and_die "vistimed ended with code $?"
}
