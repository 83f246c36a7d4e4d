#include "server/edge/network_words.hpp"

namespace vistime::server::edge {
namespace {

constexpr NetworkWords kEnglish = {
    .title = "Network: what to open",
    .lead = "For whoever looks after the firewall or the proxy of people who join meetings here.",
    .state = "Version {}, changed {}",
    .unknown_state = "Addresses are being looked up; load the page again in a few seconds.",
    .print = "Print",
    .short_title = "In short",
    .short_text =
        "Allow outbound HTTPS from your clients to this site. Everything works over this one port: voice, "
        "video, screens, chat and files. No inbound rule, no port ranges, no UDP.",
    .short_names = "To",
    .short_addresses = "At",
    .short_port = "Port",
    .ports_title = "Ports",
    .port = "Port",
    .transport = "Transport",
    .needed = "Needed",
    .purpose = "For",
    .required = "Required",
    .optional = "Optional",
    .not_offered = "Not offered by this server yet: nothing to open today.",
    .purposes =
        {"Everything: the page, meetings, files and updates over HTTPS and WebSocket (TLS).",
         "Update check, and the redirect to HTTPS for an address typed without https://.",
         "Alternative route to the same services (TLS), tried where the first is blocked or inspected.",
         "Alternative route for meetings (TLS), tried where the first is blocked or inspected.",
         "Alternative route for files (TLS).",
         "Faster voice and video over QUIC. Meetings are complete without it."},
    .where_title = "Names and addresses",
    .where_text = "Allow by name where your product can, by address otherwise.",
    .names = "Names",
    .ipv4 = "IPv4",
    .ipv6 = "IPv6",
    .no_names = "No name is configured; this site is reached by its addresses.",
    .no_addresses = "None",
    .path_title = "What the way must let through",
    .path_text =
        "An open port is not enough where a proxy or a security product stands in between. On the way to "
        "this "
        "site it must:",
    .path_points =
        {"allow CONNECT to port {}, without asking for a password where you can",
         "pass on WebSocket (the Upgrade header), and leave the connection open for as long as a meeting "
         "lasts",
         "leave quiet connections open for at least 60 seconds",
         "pass on answers as they arrive instead of collecting them",
         "preferably not inspect TLS here: what people say is encrypted between them, so there is nothing to "
         "see"},
    .path_help =
        "More in the help: <a href=\"/help/1001{0}\">firewalls</a>, <a href=\"/help/1002{0}\">proxy "
        "servers</a>, "
        "<a href=\"/help/1003{0}\">TLS inspection</a>.",
    .check_title = "Check this network",
    .check_text =
        "Tests from this browser what meetings need, in about ten seconds. Nothing is stored, and the result "
        "stays with you unless you send it.",
    .check_needs_script = "The check needs JavaScript.",
    .rules_title = "Ready rules",
    .rules_text = "Outbound rules with this site's data, for the computers that join meetings.",
    .copy = "Copy",
    .copied = "Copied",
    .as_file = "As text",
    .feeds_title = "For firewalls that subscribe",
    .feeds_text =
        "Plain lists, one entry a line, for external dynamic lists and similar. They change when this site "
        "does; once an hour is often enough.",
    .feed_names = "Names",
    .feed_ipv4 = "IPv4 addresses",
    .feed_ipv6 = "IPv6 addresses",
    .feed_json = "Everything as JSON, with a version; ?since=N gives only later changes",
    .changes_title = "Changes",
    .change = "Version {}",
    .added = "added",
    .removed = "removed",
};

constexpr NetworkWords kGerman = {
    .title = "Netzwerk: was zu öffnen ist",
    .lead = "Für alle, die Firewall oder Proxy von Menschen betreuen, die hier an Besprechungen teilnehmen.",
    .state = "Fassung {}, geändert am {}",
    .unknown_state = "Die Adressen werden noch ermittelt; laden Sie die Seite in einigen Sekunden neu.",
    .print = "Drucken",
    .short_title = "In Kürze",
    .short_text =
        "Erlauben Sie ausgehendes HTTPS von Ihren Rechnern zu diesem Dienst. Über diesen einen Port geht "
        "alles: "
        "Ton, Bild, Bildschirme, Chat und Dateien. Keine eingehende Regel, keine Portbereiche, kein UDP.",
    .short_names = "Zu",
    .short_addresses = "Unter",
    .short_port = "Port",
    .ports_title = "Ports",
    .port = "Port",
    .transport = "Transport",
    .needed = "Nötig",
    .purpose = "Wofür",
    .required = "Erforderlich",
    .optional = "Freiwillig",
    .not_offered = "Von diesem Server noch nicht angeboten: heute ist nichts zu öffnen.",
    .purposes =
        {"Alles: Seite, Besprechungen, Dateien und Aktualisierungen über HTTPS und WebSocket (TLS).",
         "Suche nach Aktualisierungen und Weiterleitung zu HTTPS, wenn jemand die Adresse ohne https:// "
         "eintippt.",
         "Anderer Weg zu denselben Diensten (TLS), versucht, wo der erste gesperrt ist oder inspiziert wird.",
         "Anderer Weg für Besprechungen (TLS), versucht, wo der erste gesperrt ist oder inspiziert wird.",
         "Anderer Weg für Dateien (TLS).",
         "Schnellerer Ton und schnelleres Bild über QUIC. Besprechungen sind auch ohne vollständig."},
    .where_title = "Namen und Adressen",
    .where_text = "Erlauben Sie nach Namen, wo Ihr Produkt das kann, sonst nach Adressen.",
    .names = "Namen",
    .ipv4 = "IPv4",
    .ipv6 = "IPv6",
    .no_names = "Kein Name ist eingestellt; dieser Dienst wird unter seinen Adressen erreicht.",
    .no_addresses = "Keine",
    .path_title = "Was der Weg durchlassen muss",
    .path_text =
        "Wo ein Proxy oder ein Sicherheitsprodukt dazwischen steht, genügt ein offener Port nicht. Auf dem "
        "Weg "
        "hierher muss es:",
    .path_points =
        {"CONNECT zu Port {} erlauben, möglichst ohne nach einem Passwort zu fragen",
         "WebSocket (das Feld Upgrade) weitergeben und die Verbindung so lange offen lassen, wie eine "
         "Besprechung dauert",
         "stille Verbindungen mindestens 60 Sekunden offen lassen",
         "Antworten weitergeben, wie sie kommen, statt sie zu sammeln",
         "hier TLS möglichst nicht inspizieren: was Menschen sagen, ist zwischen ihnen verschlüsselt, zu "
         "sehen "
         "gibt es also nichts"},
    .path_help =
        "Mehr in der Hilfe: <a href=\"/help/1001{0}\">Firewalls</a>, <a "
        "href=\"/help/1002{0}\">Proxyserver</a>, "
        "<a href=\"/help/1003{0}\">TLS-Inspektion</a>.",
    .check_title = "Dieses Netz prüfen",
    .check_text =
        "Prüft in etwa zehn Sekunden aus diesem Browser, was Besprechungen brauchen. Nichts wird "
        "gespeichert, und "
        "das Ergebnis bleibt bei Ihnen, solange Sie es nicht versenden.",
    .check_needs_script = "Die Prüfung braucht JavaScript.",
    .rules_title = "Fertige Regeln",
    .rules_text =
        "Ausgehende Regeln mit den Daten dieses Dienstes, für die Rechner, die an Besprechungen teilnehmen.",
    .copy = "Kopieren",
    .copied = "Kopiert",
    .as_file = "Als Text",
    .feeds_title = "Für Firewalls, die Listen abonnieren",
    .feeds_text =
        "Einfache Listen, ein Eintrag je Zeile, für External Dynamic Lists und Ähnliches. Sie ändern sich "
        "mit "
        "diesem Dienst; einmal in der Stunde zu fragen genügt.",
    .feed_names = "Namen",
    .feed_ipv4 = "IPv4-Adressen",
    .feed_ipv6 = "IPv6-Adressen",
    .feed_json = "Alles als JSON, mit Fassung; ?since=N gibt nur spätere Änderungen",
    .changes_title = "Änderungen",
    .change = "Fassung {}",
    .added = "neu",
    .removed = "entfallen",
};

constexpr CheckWord kCheck[] = {
    {"start", "Check this network", "Dieses Netz prüfen"},
    {"again", "Check again", "Noch einmal prüfen"},
    {"own", "Check this network instead", "Stattdessen dieses Netz prüfen"},
    {"idle.start", "Also test quiet connections (75 seconds)",
     "Auch stille Verbindungen prüfen (75 Sekunden)"},
    {"running", "Checking: {what}", "Wird geprüft: {what}"},
    {"done", "Finished.", "Fertig."},
    {"shared", "A result that somebody sent you, of {when}, for {host}.",
     "Ein Ergebnis, das Ihnen jemand geschickt hat, vom {when}, für {host}."},
    {"shared.broken",
     "This link's result cannot be read; a part of it may have been lost when it was copied.",
     "Das Ergebnis dieses Links ist nicht lesbar; beim Kopieren ging vielleicht ein Teil verloren."},
    {"link", "Result as a link", "Ergebnis als Link"},
    {"link.text", "Everything is in the link itself, behind #; opening it sends nothing to this server.",
     "Alles steht im Link selbst, hinter #; wer ihn öffnet, sendet nichts davon an diesen Server."},
    {"link.copy", "Copy link", "Link kopieren"},
    {"copied", "Copied", "Kopiert"},
    {"seconds", "{n} s left", "noch {n} s"},
    {"state.ok", "Works", "Geht"},
    {"state.warn", "Limited", "Eingeschränkt"},
    {"state.bad", "Blocked", "Gesperrt"},
    {"state.none", "Not in use", "Ungenutzt"},
    {"verdict.ok", "Meetings work from this network.", "Besprechungen gehen aus diesem Netz."},
    {"verdict.warn", "Meetings work from this network, with the limits named below.",
     "Besprechungen gehen aus diesem Netz, mit den Einschränkungen, die unten stehen."},
    {"verdict.bad", "Meetings in the browser do not work from this network as it is.",
     "Besprechungen im Browser gehen aus diesem Netz so nicht."},
    {"https", "HTTPS on port {port}", "HTTPS auf Port {port}"},
    {"https.ok", "This page's server answers.", "Der Server dieser Seite antwortet."},
    {"https.altered",
     "Something on the way answers in the server's place or changes its answers. IT: let this site's names "
     "pass the "
     "filter or the TLS inspection unchanged.",
     "Etwas auf dem Weg antwortet an Stelle des Servers oder verändert seine Antworten. IT: Lassen Sie die "
     "Namen "
     "dieses Dienstes unverändert durch Filter und TLS-Inspektion."},
    {"https.failed",
     "The server stopped answering. Check that you are connected, then IT: allow outbound TCP {port} to this "
     "site.",
     "Der Server antwortet nicht mehr. Prüfen Sie Ihre Verbindung; dann IT: ausgehendes TCP {port} zu diesem "
     "Dienst "
     "erlauben."},
    {"websocket", "WebSocket on port {port}", "WebSocket auf Port {port}"},
    {"websocket.ok", "Live connections open and carry data both ways.",
     "Live-Verbindungen öffnen sich und tragen Daten in beide Richtungen."},
    {"websocket.refused",
     "HTTPS works, but a proxy or a security product refuses WebSocket. IT: let the Upgrade header pass for "
     "this site, "
     "or exempt it from TLS inspection.",
     "HTTPS geht, aber ein Proxy oder ein Sicherheitsprodukt lehnt WebSocket ab. IT: Lassen Sie das Feld "
     "Upgrade für "
     "diesen Dienst durch, oder nehmen Sie ihn von der TLS-Inspektion aus."},
    {"websocket.silent",
     "A WebSocket opens, then nothing comes through: something on the way accepts it and swallows the data. "
     "IT: exempt "
     "this site from TLS inspection and content filters.",
     "Ein WebSocket öffnet sich, dann kommt nichts durch: etwas auf dem Weg nimmt ihn an und verschluckt die "
     "Daten. IT: "
     "Nehmen Sie diesen Dienst von TLS-Inspektion und Inhaltsfiltern aus."},
    {"port", "Alternative route: TCP {port}", "Anderer Weg: TCP {port}"},
    {"port.ok", "Open: programs can use it when the main port is in trouble.",
     "Offen: Programme können ihn nehmen, wenn der erste Port gestört ist."},
    {"port.failed",
     "Not reachable from here, or its certificate is not trusted. Nothing has to change while HTTPS works. "
     "To have it in "
     "reserve, IT: allow outbound TCP {port} to this site.",
     "Von hier nicht erreichbar, oder das Zertifikat ist nicht vertraut. Solange HTTPS geht, muss sich "
     "nichts ändern. Als "
     "Reserve, IT: ausgehendes TCP {port} zu diesem Dienst erlauben."},
    {"port.unused", "This server does not use it yet. There is nothing to open.",
     "Dieser Server benutzt ihn noch nicht. Es gibt nichts zu öffnen."},
    {"udp", "Faster media: UDP {port}", "Schnellere Medien: UDP {port}"},
    {"udp.unused", "Not offered by this server yet. Meetings are complete without it.",
     "Von diesem Server noch nicht angeboten. Besprechungen sind auch ohne vollständig."},
    {"buffering", "Answers arrive as they are sent", "Antworten kommen an, wie sie gesendet werden"},
    {"buffering.ok", "Yes: nothing on the way collects them.", "Ja: nichts auf dem Weg sammelt sie."},
    {"buffering.slow",
     "Only in part: something on the way holds answers back for a while. Live connections are not affected; "
     "the route "
     "without WebSocket would be late.",
     "Nur zum Teil: etwas auf dem Weg hält Antworten eine Weile zurück. Live-Verbindungen betrifft das "
     "nicht; der Weg "
     "ohne WebSocket wäre verspätet."},
    {"buffering.buffered",
     "No: a proxy or virus scanner collects whole answers before it passes them on. The route without "
     "WebSocket will be "
     "slow. IT: exempt this site from response scanning.",
     "Nein: ein Proxy oder Virenscanner sammelt ganze Antworten, bevor er sie weitergibt. Der Weg ohne "
     "WebSocket wird "
     "langsam sein. IT: Nehmen Sie diesen Dienst von der Prüfung der Antworten aus."},
    {"buffering.failed", "The streamed answer broke off. Try again; if it stays so, a proxy cuts it.",
     "Die laufende Antwort brach ab. Versuchen Sie es noch einmal; bleibt es dabei, so kappt sie ein Proxy."},
    {"idle", "Quiet for 75 seconds", "75 Sekunden Stille"},
    {"idle.ok", "A quiet connection stays open.", "Eine stille Verbindung bleibt offen."},
    {"idle.cut",
     "A quiet connection is cut after about {n} seconds. Meetings keep theirs busy, so they go on; IT: a "
     "limit of 300 "
     "seconds or more saves reconnecting.",
     "Eine stille Verbindung wird nach etwa {n} Sekunden getrennt. Besprechungen halten ihre in Bewegung und "
     "gehen "
     "weiter; IT: Eine Grenze von 300 Sekunden oder mehr erspart neues Verbinden."},
    {"idle.failed", "No connection to be quiet on: WebSocket does not work here.",
     "Keine Verbindung, die still sein könnte: WebSocket geht hier nicht."},
};

}  // namespace

const NetworkWords& network_words(Language language) {
  return language == Language::kGerman ? kGerman : kEnglish;
}

std::span<const CheckWord> check_words() { return kCheck; }

}  // namespace vistime::server::edge
