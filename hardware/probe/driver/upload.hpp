// Sending a device file to a server by libcurl, which is loaded only for that.
#pragma once

#include <string>

namespace trtprobe {

struct Upload {
  bool sent = false;
  std::string message;  // one line: what the server said, or why it was not sent
};

// POSTs `json` to `url` as application/json, with `Authorization: Bearer` if there is a token.
// Tries again after 1, 2 and 4 times `backoff_seconds` where that may help: no connection, a
// time-out, status 429 or 5xx. Without libcurl the message is the command to run instead on `file`.
Upload upload(const std::string& url, const std::string& token, const std::string& json,
              const std::string& file, double backoff_seconds = 1);

// Does what is sent to `url` travel unencrypted through a network? Not where it stays on this
// machine.
bool readable_on_the_way(const std::string& url);

// Is another try worth it? `status` is 0 where there was no answer.
bool worth_another_try(long status);

// The command for a shell; the token is left for the reader to put in.
std::string curl_command(const std::string& url, bool token, const std::string& file);

}  // namespace trtprobe
