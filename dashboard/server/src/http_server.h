#pragma once

#include <memory>
#include <string>

#include "store.h"

namespace suar::dashboard {

/// Answers HTTP for a store: the API and the front end. Thread-safe.
class HttpServer {
 public:
  /// `store` outlives this. Answers nothing before `start`.
  explicit HttpServer(Store& store);

  /// As `stop`.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Binds the name or address `host`, port 0 to 65535 (0: any that is free). False when another
  /// program has the port; throws `suar::Error` when it cannot be bound for another reason. Called
  /// once with success.
  bool bind(const std::string& host, int port);

  /// The port that was bound.
  int port() const;

  /// Begins to answer, from threads of its own.
  void start();

  /// Takes no more requests, wakes those that wait for news (and all later ones: the store is at
  /// its end), and blocks until the threads have ended: a client that keeps an idle connection open
  /// delays that by up to two seconds.
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace suar::dashboard
