#include "registry/curl_transport.hpp"

#include "registry/open_repository.hpp"
#include "support/files.hpp"
#include "support/image_builder.hpp"
#include "support/loopback_server.hpp"
#include "support/refusal.hpp"
#include "support/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <future>
#include <thread>

namespace ocimux::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Got = LoopbackServer::Got;
using Kind = TransferError::Kind;

std::string read_all(Response& response) {
  KeepingSink sink;
  drain(*response.body, sink);
  return sink.text;
}

Kind failure_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const TransferError& error) {
    return error.kind();
  }
  ADD_FAILURE() << "expected a failure, found none";
  return Kind::other;
}

TEST(CurlTransport, ReadsAnswers) {
  LoopbackServer server([](const Got&) {
    return LoopbackServer::answer(404, "the body", "X-One: 1 \r\nx-two:2\r\nX-One: 3\r\n");
  });
  CurlTransport curl({});
  Response response = curl.send({.url = Url::parse(server.url("/a/../b?c=%2F"))});
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.find("x-one"), "1");
  EXPECT_THAT(response.headers.all("X-One"), testing::ElementsAre("1", "3"));
  EXPECT_EQ(response.headers.find("X-Two"), "2");
  EXPECT_EQ(response.from, Network::loopback);
  EXPECT_EQ(read_all(response), "the body");
  EXPECT_EQ(server.got()[0].path, "/a/../b?c=%2F") << "as it was written";
  EXPECT_THAT(server.got()[0].head,
              AllOf(HasSubstr("User-Agent: ocimux/"), Not(HasSubstr("Accept-Encoding")),
                    Not(HasSubstr("Authorization"))));
}

TEST(CurlTransport, ReadsMoreThanItsBuffer) {
  const std::string body = random_bytes(5'000'000, 1);
  LoopbackServer server([&](const Got&) { return LoopbackServer::answer(200, body); });
  CurlTransport curl({});
  for (const std::size_t size : {std::size_t{1000}, std::size_t{4} << 20}) {
    Response response = curl.send({.url = Url::parse(server.url("/"))});
    std::vector<std::byte> buffer(size);
    std::string all;
    while (const std::size_t count = response.body->read(buffer)) {
      all.append(as_text(Bytes(buffer).first(count)));
    }
    EXPECT_TRUE(all == body) << size;
    EXPECT_EQ(response.body->read(buffer), 0U) << "the end, for good";
  }
}

TEST(CurlTransport, KeepsConnections) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(200, "x"); });
  CurlTransport curl({});
  for (int i = 0; i < 3; ++i) {
    Response response = curl.send({.url = Url::parse(server.url("/"))});
    EXPECT_EQ(read_all(response), "x");
  }
  Response head = curl.send({.method = "HEAD", .url = Url::parse(server.url("/"))});
  EXPECT_EQ(server.got().back().connection, 1);
}

TEST(CurlTransport, BodiesOutliveTheTransport) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(200, "x"); });
  auto curl = std::make_unique<CurlTransport>(CurlOptions{});
  Response response = curl->send({.url = Url::parse(server.url("/"))});
  curl.reset();
  EXPECT_EQ(read_all(response), "x");
}

TEST(CurlTransport, ServesManyThreads) {
  LoopbackServer server([](const Got& got) {
    return LoopbackServer::answer(200, std::string(300'000, got.path.back()));
  });
  CurlTransport curl({});
  std::vector<std::future<bool>> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(std::async(std::launch::async, [&, i] {
      const std::string digit = std::to_string(i);
      Response response = curl.send({.url = Url::parse(server.url("/" + digit))});
      return read_all(response) == std::string(300'000, digit[0]);
    }));
  }
  for (auto& one : all) EXPECT_TRUE(one.get());
}

TEST(CurlTransport, SendsBodies) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(201, ""); });
  CurlTransport curl({});
  const std::string large = random_bytes(3'000'000, 2);
  for (const std::string& method :
       {std::string("POST"), std::string("PUT"), std::string("PATCH")}) {
    Request request{.method = method, .url = Url::parse(server.url("/"))};
    request.body = memory_body(large);
    EXPECT_EQ(curl.send(request).status, 201);
    EXPECT_EQ(server.got().back().method, method);
    EXPECT_TRUE(server.got().back().body == large);
    EXPECT_THAT(server.got().back().head, Not(HasSubstr("Expect:")));
  }
  curl.send({.method = "POST", .url = Url::parse(server.url("/"))});
  EXPECT_THAT(server.got().back().head, HasSubstr("Content-Length: 0\r\n"));
  curl.send({.method = "DELETE", .url = Url::parse(server.url("/"))});
  EXPECT_EQ(server.got().back().method, "DELETE");
}

TEST(CurlTransport, FollowsNothingByItself) {
  LoopbackServer server(
      [](const Got&) { return LoopbackServer::answer(302, "", "Location: /elsewhere\r\n"); });
  CurlTransport curl({});
  EXPECT_EQ(curl.send({.url = Url::parse(server.url("/"))}).status, 302);
  EXPECT_EQ(server.got().size(), 1U);
}

TEST(CurlTransport, PassesOverWhatAnnouncesAnAnswer) {
  LoopbackServer server([](const Got&) {
    return "HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\n" + LoopbackServer::answer(200, "x");
  });
  CurlTransport curl({});
  Response response = curl.send({.url = Url::parse(server.url("/"))});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.find("X-Early"), "");
}

TEST(CurlTransport, TellsFailuresApart) {
  LoopbackServer server([](const Got& got) -> std::string {
    if (got.path == "/cut") {
      return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhalf";
    }
    return got.path == "/nonsense" ? "SSH-2.0\r\nConnection: close\r\n\r\n" : "";
  });
  CurlTransport curl({.timeout = std::chrono::seconds(5)});
  const auto get = [&](const std::string& url) { curl.send({.url = Url::parse(url)}); };
  EXPECT_EQ(failure_of([&] { get(server.url("/closed")); }), Kind::broken);
  EXPECT_EQ(failure_of([&] { get(server.url("/nonsense")); }), Kind::other);
  EXPECT_EQ(failure_of([&] { get("http://127.0.0.1:1/"); }), Kind::unreachable);
  EXPECT_EQ(failure_of([&] {
              Response response = curl.send({.url = Url::parse(server.url("/cut"))});
              read_all(response);
            }),
            Kind::broken);
}

TEST(CurlTransport, BoundsHeaders) {
  LoopbackServer server([](const Got&) {
    std::string many;
    for (int i = 0; i < 100; ++i) many += "X-H: " + std::string(5000, 'x') + "\r\n";
    return LoopbackServer::answer(200, "", many);
  });
  CurlTransport curl({});
  const auto send = [&] { curl.send({.url = Url::parse(server.url("/"))}); };
  try {
    send();
    ADD_FAILURE() << "expected a refusal";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::corrupt);
  } catch (const TransferError& error) {  // libcurl has a limit of its own by now
    EXPECT_EQ(error.kind(), Kind::other);
  }
}

TEST(CurlTransport, RefusesHeadersOfSeveralLines) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(200, ""); });
  CurlTransport curl({});
  Request request{.url = Url::parse(server.url("/"))};
  request.headers.set("Authorization", "Bearer x\r\nX-Other: y");
  EXPECT_EQ(error_of([&] { curl.send(request); }).code(), Errc::invalid_argument);
  EXPECT_TRUE(server.got().empty());
}

TEST(CurlTransport, NobodyOutsideLeadsHere) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(200, ""); });
  CurlTransport curl({});
  Request request{.url = Url::parse(server.url("/")), .led_from = Network::outside};
  EXPECT_EQ(error_of([&] { curl.send(request); }).code(), Errc::denied);
  // By a name whose address is known only when it is looked up.
  request.url = Url::parse("http://localhost.localdomain:" + std::to_string(server.port()) + "/");
  try {
    curl.send(request);
    ADD_FAILURE() << "expected a refusal";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Errc::denied);
  } catch (const TransferError& error) {  // a machine that does not know that name
    EXPECT_EQ(error.kind(), Kind::unreachable);
  }
  EXPECT_TRUE(server.got().empty());
  request = {.url = Url::parse(server.url("/")), .led_from = Network::loopback};
  EXPECT_EQ(curl.send(request).status, 200);
}

/// The environment names a proxy, which the tests must not have from outside.
class ProxyVariable {
 public:
  explicit ProxyVariable(const std::string& url) { ::setenv("http_proxy", url.c_str(), 1); }
  ProxyVariable(const ProxyVariable&) = delete;
  ProxyVariable& operator=(const ProxyVariable&) = delete;
  ~ProxyVariable() { ::unsetenv("http_proxy"); }
};

TEST(CurlTransport, AProxyIsNotWhereTheServerIs) {
  LoopbackServer server([](const Got&) { return LoopbackServer::answer(200, "x"); });
  const ProxyVariable proxy(server.url(""));
  CurlTransport curl({});
  const auto asked = [&](const std::string& url) {
    Response response = curl.send({.url = Url::parse(url)});
    return response.from;
  };
  EXPECT_EQ(asked("http://r.example/"), Network::outside);
  EXPECT_EQ(asked("http://10.1.2.3/"), Network::inside);
  EXPECT_EQ(asked(server.url("/")), Network::loopback) << "no proxy for this machine";
}

TEST(CurlTransport, ErrorsHoldNoPasswordOfAProxy) {
  for (const char* url :
       {"http://me:sesame@[::1:1", "bogus://me:sesame@x", "http://a b:sesame@x"}) {
    const ProxyVariable proxy(url);
    CurlTransport curl({});
    try {
      static_cast<void>(curl.send({.url = Url::parse("http://r.example/")}));
      ADD_FAILURE() << url;
    } catch (const TransferError& error) {
      EXPECT_THAT(error.what(), Not(HasSubstr("sesame"))) << url;
    }
  }
}

TEST(CurlTransport, StopEndsWhatWaits) {
  std::promise<void> asked;
  std::promise<void> over;
  LoopbackServer server([&, done = over.get_future().share()](const Got&) {
    asked.set_value();
    done.wait();
    return std::string();
  });
  CurlTransport curl({.timeout = std::chrono::hours(1)});
  std::stop_source stop;
  std::jthread stopper([&] {
    asked.get_future().wait();
    stop.request_stop();
  });
  EXPECT_EQ(error_of([&] {
              curl.send({.url = Url::parse(server.url("/")), .stop = stop.get_token()});
            }).code(),
            Errc::cancelled);
  over.set_value();
}

/// Everything from open_repository() on, over a real connection.
class OpenRepository : public testing::Test {
 protected:
  [[nodiscard]] Repository open(const std::string& credentials = "") {
    const std::string text = "docker://127.0.0.1:" + std::to_string(server.port()) + "/a/b:1";
    RegistryOptions options{.tls = RegistryOptions::Tls::plain_http, .credentials = credentials};
    options.retries = 0;
    return open_repository(Reference::parse(text), options, progress);
  }
  std::string serve(const Got& got) const {
    if (got.head.find("Authorization: Basic bWU6c2VzYW1l\r\n") == std::string::npos) {
      return LoopbackServer::answer(401, "", "WWW-Authenticate: Basic realm=\"x\"\r\n");
    }
    if (got.path == "/v2/a/b/manifests/1") {
      return LoopbackServer::answer(200, index, "Content-Type: " + oci_index_type + "\r\n");
    }
    return got.path.starts_with("/v2/a/b/blobs/") ? LoopbackServer::answer(200, "blob")
                                                  : LoopbackServer::answer(404, "");
  }

  const std::string index =
      R"({"schemaVersion":2,"mediaType":")" + oci_index_type + R"(","manifests":[]})";
  RecordingProgress progress;
  LoopbackServer server{[this](const Got& got) { return serve(got); }};
};

TEST_F(OpenRepository, ReadsWithCredentials) {
  const Repository repository = open("me:sesame");
  EXPECT_EQ(repository.manifest("1").text, index);
  EXPECT_EQ(text_of(repository.blob({"layer", Digest::of("blob"), 4})), "blob");
  EXPECT_EQ(repository.blob_size(Digest::of("blob")), 4);
  EXPECT_THAT(refusal([&] { return repository.manifest("2"); }), StartsWith("not_found: "));
  EXPECT_EQ(server.got().size(), 5U) << "the password is asked for once";
}

TEST_F(OpenRepository, RefusesWrongCredentials) {
  const Repository repository = open("me:wrong");
  EXPECT_THAT(refusal([&] { return repository.manifest("1"); }),
              AllOf(StartsWith("denied: "), Not(HasSubstr("wrong"))));
}

}  // namespace
}  // namespace ocimux::test
