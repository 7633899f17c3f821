#include "http_server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <exception>
#include <thread>
#include <utility>

#include <httplib.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <suar/error.h>

#include "api.h"
#include "gzip.h"
#include "host_check.h"
#include "pages.h"

namespace suar::dashboard {
namespace {

constexpr std::size_t kThreads = 64;  // each open connection holds one
constexpr std::size_t kKeepAliveRequests = 1'000'000;
constexpr time_t kKeepAliveSeconds = 2;
constexpr int kBacklog = 128;
constexpr std::size_t kLargestPayload = 4096;  // nothing that we answer has one
constexpr std::size_t kWorthCompressing = 1024;
constexpr int kQuick = 1;  // gzip's level; higher ones cost several times the time for little

bool is_api(const std::string& path) {
  return path == "/api" || path.compare(0, 5, "/api/") == 0;
}

Answer answer_to(const httplib::Request& request, Api& api, const std::string& bound_host) {
  if (!host_allowed(request.get_header_value("Host"), bound_host)) {
    return error_answer(403,
                        "expected the name of this machine in the address (localhost), found "
                        "another; to reach Suar under other names start it with --host");
  }
  if (request.method != "GET" && request.method != "HEAD") {
    Answer answer = error_answer(405, "expected GET or HEAD, found " + request.method);
    answer.headers.emplace_back("Allow", "GET, HEAD");
    return answer;
  }
  const bool gzip_accepted = accepts_gzip(request.get_header_value("Accept-Encoding"));
  const std::string if_none_match = request.get_header_value("If-None-Match");
  if (!is_api(request.path)) return page_answer(request.path, gzip_accepted, if_none_match);

  Answer answer =
      api.answer(request.path, Parameters({request.params.begin(), request.params.end()}));
  for (const auto& [name, value] : answer.headers) {
    if (name == "ETag" && value == if_none_match) {
      answer.status = 304;
      answer.body.clear();
    }
  }
  if (answer.content_type.compare(0, 16, "application/json") == 0) {
    answer.headers.emplace_back("Vary", "Accept-Encoding");
    if (gzip_accepted && answer.body.size() > kWorthCompressing) {
      answer.body = gzip(answer.body, kQuick);
      answer.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  return answer;
}

void send(Answer answer, httplib::Response& response, bool close_connection) {
  response.status = answer.status;
  response.body.clear();
  for (const auto& [name, value] : answer.headers) response.set_header(name, value);
  response.set_header("X-Content-Type-Options", "nosniff");
  response.set_header("Referrer-Policy", "no-referrer");
  response.set_header("Accept-Ranges", "none");
  if (close_connection) response.set_header("Connection", "close");
  if (answer.status == 304) return;
  // A provider is neither copied nor compressed by the library (its choice, Brotli at the highest
  // level, takes a hundred times as long as ours). Returning false closes the connection: what
  // follows on it may be a payload, which must not be taken for a request.
  auto body = std::make_shared<const std::string>(std::move(answer.body));
  if (body->empty()) return;
  response.set_content_provider(
      body->size(), answer.content_type,
      [body, close_connection](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        if (offset >= body->size()) return false;
        sink.write(body->data() + offset, std::min(length, body->size() - offset));
        return !close_connection;
      });
}

// True for a request after which something may stand on the connection that we did not read.
bool may_have_payload(const httplib::Request& request) {
  return (request.method != "GET" && request.method != "HEAD") ||
         request.has_header("Content-Length") || request.has_header("Transfer-Encoding");
}

// Why the library could not bind: it does not say.
std::string bind_failure(const std::string& host, int port, bool& taken) {
  taken = false;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE;
  addrinfo* addresses = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &addresses);
  if (failure != 0) return gai_strerror(failure);
  std::string reason = "no address";
  for (const addrinfo* address = addresses; address != nullptr; address = address->ai_next) {
    const int descriptor = socket(address->ai_family, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (descriptor < 0 || ::bind(descriptor, address->ai_addr, address->ai_addrlen) != 0 ||
        listen(descriptor, 1) != 0) {
      reason = std::strerror(errno);
      taken |= errno == EADDRINUSE;
    }
    if (descriptor >= 0) close(descriptor);
  }
  freeaddrinfo(addresses);
  return reason;
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(Store& store) : store_(store), api_(store) {
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_tcp_nodelay(true);
    server_.set_keep_alive_max_count(kKeepAliveRequests);
    server_.set_keep_alive_timeout(kKeepAliveSeconds);
    server_.set_payload_max_length(kLargestPayload);
    server_.set_socket_options([this](socket_t socket) {
      // Not the library's SO_REUSEPORT, with which two servers share a port.
      const int one = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
      socket_ = socket;
    });
    // Everything is answered here, before the library matches paths by regular expressions.
    server_.set_pre_routing_handler(
        [this](const httplib::Request& request, httplib::Response& response) {
          // We send whole answers always; the request is the library's own, not a constant.
          const_cast<httplib::Request&>(request).ranges.clear();
          send(answer_to(request, api_, host_), response, may_have_payload(request));
          return httplib::Server::HandlerResponse::Handled;
        });
    // What the library refuses by itself: a request that it cannot read.
    server_.set_error_handler([](const httplib::Request&, httplib::Response& response) {
      if (response.has_header("X-Content-Type-Options")) return;  // it is one of our answers
      send(error_answer(response.status, "expected an HTTP request, found something else"),
           response, true);
    });
    server_.set_exception_handler(
        [](const httplib::Request&, httplib::Response& response, std::exception_ptr) {
          send(error_answer(500, "the server failed to make this answer"), response, true);
        });
  }

  ~Impl() { stop(); }

  bool bind(const std::string& host, int port) {
    host_ = host;
    port_ =
        port == 0 ? server_.bind_to_any_port(host) : (server_.bind_to_port(host, port) ? port : -1);
    if (port_ < 0) {
      bool taken = false;
      const std::string reason = bind_failure(host, port, taken);
      if (taken) return false;
      throw Error("cannot listen on " + host + " port " + std::to_string(port) + ": " + reason +
                  ". Give an address of this machine with --host, and a port with --port.");
    }
    // The library's backlog is five connections: fewer than one browser opens.
    listen(socket_, kBacklog);
    return true;
  }

  void start() {
    thread_ = std::thread([this] {
      server_.listen_after_bind();
      ended_ = true;
    });
  }

  void stop() {
    store_.stop_waiting();
    if (!thread_.joinable()) return;
    // `stop` of the library does nothing before its loop has begun.
    while (!server_.is_running() && !ended_) std::this_thread::yield();
    server_.stop();
    thread_.join();
  }

  int port() const { return port_; }

 private:
  Store& store_;
  Api api_;
  httplib::Server server_;
  std::string host_;
  int port_ = -1;
  socket_t socket_ = INVALID_SOCKET;
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

HttpServer::HttpServer(Store& store) : impl_(std::make_unique<Impl>(store)) {}
HttpServer::~HttpServer() = default;
bool HttpServer::bind(const std::string& host, int port) {
  return impl_->bind(host, port);
}
int HttpServer::port() const {
  return impl_->port();
}
void HttpServer::start() {
  impl_->start();
}
void HttpServer::stop() {
  impl_->stop();
}

}  // namespace suar::dashboard
