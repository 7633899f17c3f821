#include "http_server.h"

#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <httplib.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "store_filling.h"

namespace suar::dashboard {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using suar::testing::commit;
using suar::testing::curve;

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    EXPECT_TRUE(server_.bind("127.0.0.1", 0));
    server_.start();
  }
  httplib::Client client() const {
    httplib::Client client("127.0.0.1", server_.port());
    client.set_read_timeout(20, 0);
    return client;
  }
  uint64_t version() const {
    return store_.read([](const Catalog& catalog) { return catalog.version; });
  }
  std::string wait_for_news() const {
    return "/api/runs?wait=20&session=" + store_.session() + "&since=" + std::to_string(version());
  }

  // Sends these bytes and gives back everything until the server closes the connection.
  std::string exchange(const std::string& request) const {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(server_.port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(write(descriptor, request.data(), request.size()),
              static_cast<ssize_t>(request.size()));
    std::string answer;
    char bytes[4096];
    for (ssize_t count; (count = read(descriptor, bytes, sizeof bytes)) > 0;) {
      answer.append(bytes, static_cast<std::size_t>(count));
    }
    close(descriptor);
    return answer;
  }

  Store store_{"/runs"};
  HttpServer server_{store_};
};

TEST_F(HttpServerTest, AnswersTheApiInJson) {
  commit(store_, "a b/ä&c", curve("loss", {1}));
  auto client = this->client();
  const auto runs = client.Get("/api/runs");
  ASSERT_TRUE(runs);
  EXPECT_EQ(runs->status, 200);
  EXPECT_EQ(runs->get_header_value("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(runs->get_header_value("Cache-Control"), "no-cache");
  EXPECT_EQ(runs->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(json::parse(runs->body)["runs"][0]["name"], "a b/ä&c");
  const auto scalars =
      client.Get("/api/scalars", httplib::Params{{"tag", "loss"}, {"run", "a b/ä&c"}}, {});
  ASSERT_TRUE(scalars);
  EXPECT_EQ(json::parse(scalars->body)["runs"][0]["count"], json({1}));
}

TEST_F(HttpServerTest, AnswersALongPollAsSoonAsThereIsNews) {
  commit(store_, "a", curve("loss", {1}));
  auto poll = std::async(std::launch::async, [&, path = wait_for_news()] {
    auto client = this->client();
    const auto answer = client.Get(path);
    return answer ? answer->body : "";
  });
  EXPECT_EQ(poll.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  commit(store_, "a", curve("loss", {2}, 1));
  ASSERT_EQ(poll.wait_for(seconds(10)), std::future_status::ready);
  const auto news = json::parse(poll.get());
  EXPECT_EQ(news["full"], false);
  EXPECT_EQ(news["runs"][0]["scalars"][0]["last_value"], 2);
}

TEST_F(HttpServerTest, StopsWithALongPollOpen) {
  auto poll = std::async(std::launch::async, [&, path = wait_for_news()] {
    auto client = this->client();
    return static_cast<bool>(client.Get(path));
  });
  EXPECT_EQ(poll.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  auto stop = std::async(std::launch::async, [&] { server_.stop(); });
  ASSERT_EQ(stop.wait_for(seconds(10)), std::future_status::ready);
  ASSERT_EQ(poll.wait_for(seconds(10)), std::future_status::ready);
}

TEST_F(HttpServerTest, SaysWhatIsWrongWithARequest) {
  auto client = this->client();
  const auto wrong = client.Get("/api/scalars?tag=x&buckets=0");
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->status, 400);
  EXPECT_NE(json::parse(wrong->body)["error"].get<std::string>().find("buckets"),
            std::string::npos);
  for (const char* path : {"/api/nothing", "/nothing", "/api", "/../../etc/passwd",
                           "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd", "/index.html/.."}) {
    const auto missing = client.Get(path);
    ASSERT_TRUE(missing);
    EXPECT_EQ(missing->status, 404) << path;
    EXPECT_TRUE(json::parse(missing->body).contains("error")) << path;
  }
}

TEST_F(HttpServerTest, TakesNothingButGetAndHead) {
  auto client = this->client();
  for (const auto& answer : {client.Post("/api/runs", "x", "text/plain"),
                             client.Put("/api/runs", "x", "text/plain"), client.Delete("/api/runs"),
                             client.Options("/api/runs"), client.Patch("/", "x", "text/plain")}) {
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 405);
    EXPECT_EQ(answer->get_header_value("Allow"), "GET, HEAD");
  }
}

TEST_F(HttpServerTest, NeverTakesAPayloadForARequest) {
  const std::string smuggled =
      "GET /api/runs HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  for (const char* method : {"POST", "GET", "OPTIONS", "DELETE", "INVENTED"}) {
    const auto answer =
        exchange(std::string(method) + " /x HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " +
                 std::to_string(smuggled.size()) + "\r\n\r\n" + smuggled);
    EXPECT_EQ(answer.find("log_directory"), std::string::npos) << method << "\n" << answer;
    EXPECT_EQ(answer.rfind("HTTP/1.1 "), 0u) << method << "\n" << answer;
  }
}

TEST_F(HttpServerTest, RefusesForeignHostNames) {
  auto client = this->client();
  const auto foreign = client.Get("/api/runs", {{"Host", "evil.example"}});
  ASSERT_TRUE(foreign);
  EXPECT_EQ(foreign->status, 403);
  const auto page = client.Get("/", {{"Host", "evil.example:6006"}});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 403);
  const auto local = client.Get("/api/runs", {{"Host", "localhost:6006"}});
  ASSERT_TRUE(local);
  EXPECT_EQ(local->status, 200);
}

TEST_F(HttpServerTest, CompressesLongAnswersForWhoAccepts) {
  commit(store_, "a", curve("loss", std::vector<double>(5000, 1)));
  auto client = this->client();
  client.set_decompress(false);
  const std::string path = "/api/scalars?tag=loss&buckets=5000";
  const auto plain = client.Get(path);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->get_header_value("Content-Encoding"), "");
  const auto compressed = client.Get(path, {{"Accept-Encoding", "br, gzip"}});
  ASSERT_TRUE(compressed);
  EXPECT_EQ(compressed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_LT(compressed->body.size(), plain->body.size() / 4);
  EXPECT_EQ(compressed->get_header_value("Vary"), "Accept-Encoding");
  const auto brotli = client.Get(path, {{"Accept-Encoding", "br"}});
  ASSERT_TRUE(brotli);
  EXPECT_EQ(brotli->get_header_value("Content-Encoding"), "");
  EXPECT_EQ(brotli->body, plain->body);
  const auto small = client.Get("/api/nothing", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(small);
  EXPECT_EQ(small->get_header_value("Content-Encoding"), "");
}

TEST_F(HttpServerTest, AnswersHeadWithTheHeadersOfGet) {
  auto client = this->client();
  const auto get = client.Get("/api/runs");
  const auto head = client.Head("/api/runs");
  ASSERT_TRUE(get && head);
  EXPECT_EQ(head->status, 200);
  EXPECT_EQ(head->body, "");
  EXPECT_EQ(head->get_header_value("Content-Length"), get->get_header_value("Content-Length"));
}

TEST_F(HttpServerTest, ServesTheStartPageWithAStrictPolicy) {
  auto client = this->client();
  const auto page = client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_EQ(page->get_header_value("Content-Type").rfind("text/html", 0), 0u);
  EXPECT_EQ(page->get_header_value("Content-Encoding"), "");
  EXPECT_NE(page->body.find("<"), std::string::npos);
  const auto policy = page->get_header_value("Content-Security-Policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
  EXPECT_NE(policy.find("script-src 'self';"), std::string::npos);
  EXPECT_EQ(page->get_header_value("Referrer-Policy"), "no-referrer");
  const auto compressed = client.Get("/", {{"Accept-Encoding", "gzip"}});
  ASSERT_TRUE(compressed);
  EXPECT_EQ(compressed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(compressed->body, page->body);  // the client has inflated it
  const auto same = client.Get("/", {{"If-None-Match", page->get_header_value("ETag")}});
  ASSERT_TRUE(same);
  EXPECT_EQ(same->status, 304);
  EXPECT_EQ(same->body, "");
}

TEST_F(HttpServerTest, SendsWholeAnswersToWhoAsksForRanges) {
  auto client = this->client();
  const auto whole = client.Get("/api/runs");
  const auto range = client.Get("/api/runs", {{"Range", "bytes=0-3,0-3,100000-"}});
  ASSERT_TRUE(whole && range);
  EXPECT_EQ(range->status, 200);
  EXPECT_EQ(range->body, whole->body);
}

TEST_F(HttpServerTest, KeepsAConnectionForManyRequests) {
  auto client = this->client();
  client.set_keep_alive(true);
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(client.Get("/api/runs"));
  // With Nagle's algorithm each of them would take 40 ms.
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(6));
}

TEST_F(HttpServerTest, AnswersWhileManyPollsAreOpen) {
  std::vector<std::thread> polls;
  const auto path = wait_for_news();
  for (int i = 0; i < 40; ++i) {
    polls.emplace_back([this, path] {
      auto client = this->client();
      EXPECT_TRUE(client.Get(path));
    });
  }
  auto client = this->client();
  EXPECT_TRUE(client.Get("/api/scalars?tag=loss"));
  commit(store_, "a", curve("loss", {1}));
  for (auto& poll : polls) poll.join();
}

TEST_F(HttpServerTest, SurvivesWhatIsNotHttp) {
  EXPECT_NE(exchange(std::string(100, '\0') + "\r\n\r\n").find("400"), std::string::npos);
  EXPECT_NE(exchange("GET /" + std::string(20000, 'a') + " HTTP/1.1\r\n\r\n").find("414"),
            std::string::npos);
  auto client = this->client();
  EXPECT_TRUE(client.Get("/api/runs"));
}

TEST(HttpServerPort, IsNotSharedWithAnotherServer) {
  Store store("/runs");
  HttpServer first(store);
  HttpServer second(store);
  ASSERT_TRUE(first.bind("127.0.0.1", 0));
  EXPECT_FALSE(second.bind("127.0.0.1", first.port()));
}

TEST(HttpServerPort, CanBeOfIpv6) {
  Store store("/runs");
  HttpServer server(store);
  try {
    ASSERT_TRUE(server.bind("::1", 0));
  } catch (const std::exception& error) {
    GTEST_SKIP() << "this machine has no IPv6: " << error.what();
  }
  server.start();
  httplib::Client client("::1", server.port());
  const auto answer = client.Get("/api/runs");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

}  // namespace
}  // namespace suar::dashboard
