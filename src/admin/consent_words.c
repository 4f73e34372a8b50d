// SPDX-License-Identifier: Apache-2.0
#include "admin/consent_words.h"

static const char *const consent_words[CONSENT_WORDS][TONGUES] = {
    [CONSENT_TITLE] = {"Let an application in?", "Eine Anwendung hereinlassen?"},
    [CONSENT_WHO] = {"You are signed in as {0}. An application asks to use an MCP server on your behalf.",
                     "Sie sind als {0} angemeldet. Eine Anwendung möchte in Ihrem Namen einen MCP-Server "
                     "benutzen."},
    [CONSENT_NAME] = {"It calls itself", "Sie nennt sich"},
    [CONSENT_DOCUMENT] = {"It is described at", "Beschrieben ist sie unter"},
    [CONSENT_SENT_TO] = {"You will be sent to", "Sie kommen danach zu"},
    [CONSENT_SERVER] = {"The server", "Der Server"},
    [CONSENT_TOOLS] = {"Its tools", "Seine Werkzeuge"},
    [CONSENT_TOOL_COUNTS] = {"{0} that read, {1} that create or change, {2} that delete or do something else",
                             "{0}, die lesen, {1}, die anlegen oder ändern, {2}, die löschen oder etwas "
                             "anderes tun"},
    [CONSENT_ACCOUNTS] = {"Accounts", "Konten"},
    [CONSENT_HELD_TO] = {"held to", "beschränkt auf"},
    [CONSENT_CARE_HERE] = {"It runs on this computer. Nobody vouches for its name: go on only if you have "
                           "just started this sign-in yourself.",
                           "Sie läuft auf diesem Rechner. Für ihren Namen bürgt niemand: Machen Sie nur "
                           "weiter, wenn Sie diese Anmeldung gerade selbst begonnen haben."},
    [CONSENT_CARE_THERE] = {"Nobody vouches for its name: go on only if you have just started this sign-in "
                            "yourself, and know the place that you will be sent to.",
                            "Für ihren Namen bürgt niemand: Machen Sie nur weiter, wenn Sie diese Anmeldung "
                            "gerade selbst begonnen haben und den Ort kennen, zu dem Sie danach kommen."},
    [CONSENT_YES] = {"Let it in", "Hereinlassen"},
    [CONSENT_NO] = {"No", "Nein"},
    [CONSENT_SAID_YES] = {"Signed in", "Angemeldet"},
    [CONSENT_SAID_NO] = {"You said no", "Sie haben abgelehnt"},
    [CONSENT_GO_ON] = {"Go on to {0}", "Weiter zu {0}"},
    [CONSENT_BACK] = {"Back to {0}", "Zurück zu {0}"},
    [CONSENT_NOT_IN] = {"Not signed in", "Nicht angemeldet"},
    [CONSENT_ENDED] = {"Your session has ended", "Ihre Sitzung ist zu Ende"},
    [CONSENT_AGAIN] = {"Start the sign-in again in the application.",
                       "Beginnen Sie die Anmeldung in der Anwendung von vorn."},
    [CONSENT_NOT_ITS_ANSWER] = {"This answer did not come from the page",
                                "Diese Antwort kam nicht von der Seite"},
    [CONSENT_OFF] = {"Nobody signs in here", "Hier meldet sich niemand an"},
    [CONSENT_OFF_WHY] = {"The setting public_url is no https origin.",
                         "Die Einstellung public_url ist kein https-Ursprung."},
    [CONSENT_NOT_READ] = {"This application cannot be looked up",
                          "Über diese Anwendung ist nichts zu erfahren"},
    [CONSENT_NOT_READ_WHY] = {"{0}", "{0}"},
    [CONSENT_UNKNOWN] = {"This application is not known here", "Diese Anwendung ist hier nicht bekannt"},
    [CONSENT_UNKNOWN_WHY] = {"It has to register anew: remove the connection in the application, and add it "
                             "again.",
                             "Sie muss sich neu eintragen: Entfernen Sie die Verbindung in der Anwendung, "
                             "und fügen Sie sie wieder hinzu."},
    [CONSENT_ELSEWHERE] = {"This application asks to be sent elsewhere", "Diese Anwendung will anderswohin"},
    [CONSENT_ELSEWHERE_WHY] = {"The address that it wants you sent to is none that it registered.",
                               "Die Adresse, zu der sie Sie schicken will, hat sie nicht eingetragen."},
    [CONSENT_CODE_ONLY] = {"response_type must be code", "response_type muss code sein"},
    [CONSENT_PKCE] = {"PKCE is needed, by S256: code_challenge and code_challenge_method",
                      "PKCE ist nötig, mit S256: code_challenge und code_challenge_method"},
    [CONSENT_NO_SUCH_RESOURCE] = {"This is no address that people sign in to. A URL with a secret in it asks "
                                  "for no sign-in; where it is refused, ask who gave it to you, or use the "
                                  "server's address for people.",
                                  "An dieser Adresse meldet sich niemand an. Eine URL mit einem Geheimnis "
                                  "darin will keine Anmeldung; wird sie abgelehnt, fragen Sie, wer sie Ihnen "
                                  "gab, oder nehmen Sie die Adresse des Servers für Menschen."},
    [CONSENT_NO_RESOURCE] = {"The application did not say which server it is for (resource). It was probably "
                             "given a URL with a secret that does not hold any more, or one that asks for an "
                             "API token: ask for the server's address for people.",
                             "Die Anwendung sagt nicht, für welchen Server (resource). Wahrscheinlich hat "
                             "sie eine URL mit einem Geheimnis, das nicht mehr gilt, oder eine, die einen "
                             "API-Token will: Fragen Sie nach der Adresse des Servers für Menschen."},
    [CONSENT_MAY_NOT] = {"You are signed in as {0}, and may not use a server at this address. Whoever runs "
                         "it can let you in.",
                         "Sie sind als {0} angemeldet und dürfen an dieser Adresse keinen Server benutzen. "
                         "Wer ihn betreibt, kann Sie hereinlassen."},
};

struct str admin_consent_say(enum tongue t, enum consent_word word, struct str value, struct arena *a) {
  return tongue_fill(consent_words[word][t], &value, 1, a);
}

struct str admin_consent_say_counts(enum tongue t, const size_t counts[3], struct arena *a) {
  struct str values[3];
  for (size_t i = 0; i < 3; i++) values[i] = arena_printf(a, "%zu", counts[i]);
  return tongue_fill(consent_words[CONSENT_TOOL_COUNTS][t], values, 3, a);
}
