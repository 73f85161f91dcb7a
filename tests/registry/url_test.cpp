#include "registry/url.hpp"

#include "registry/network.hpp"
#include "support/refusal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ocimux::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(Url, KnowsItsOrigin) {
  const Origin origin = Url::parse("HTTPS://Registry.Example.com/v2/?a=b").origin();
  EXPECT_EQ(origin, (Origin{"https", "registry.example.com", "443"}));
  EXPECT_EQ(origin, Url::parse("https://registry.example.com:443/x").origin());
  EXPECT_NE(origin, Url::parse("https://registry.example.com:444/").origin());
  EXPECT_NE(origin, Url::parse("http://registry.example.com:443/").origin());
  EXPECT_EQ(Url::parse("http://[::1]:5000/").origin().string(), "http://[::1]:5000");
}

TEST(Url, ResolvesRedirects) {
  const Url url = Url::parse("https://a.example/v2/x/blobs/1?q=1");
  EXPECT_EQ(url.resolve("/y?z#f").string(), "https://a.example/y?z");
  EXPECT_EQ(url.resolve("/y?sig=a%2Fb%2fc+d/e&&").string(),
            "https://a.example/y?sig=a%2Fb%2fc+d/e&&")
      << "a signed address counts as it is";
  EXPECT_EQ(url.resolve("2").string(), "https://a.example/v2/x/blobs/2");
  EXPECT_EQ(url.resolve("//b.example/y").string(), "https://b.example/y");
  EXPECT_EQ(url.resolve("http://b.example:1/y").origin(), (Origin{"http", "b.example", "1"}));
}

TEST(Url, RefusesWhatIsNoAddressOfHttpAndDoesNotRepeatIt) {
  for (const char* text : {"file:///etc/passwd", "ftp://a.example/", "https://", "x", "",
                           "https://user:secret@a.example/", "gopher://a.example:70/_x"}) {
    const std::string refused = refusal([&] { return Url::parse(text); });
    EXPECT_THAT(refused, StartsWith("corrupt: ")) << text;
    EXPECT_THAT(refused, Not(HasSubstr("secret")));
  }
  const Url url = Url::parse("https://a.example/");
  EXPECT_THAT(refusal([&] { return url.resolve("file:///etc/passwd"); }), StartsWith("corrupt: "));
  EXPECT_THAT(refusal([&] { return url.resolve("https://u:p@b.example/"); }),
              StartsWith("corrupt: "));
}

TEST(Url, EncodesQueriesAndHidesThemInMessages) {
  const Url url =
      Url::parse("https://a.example/token?x=1").with_query("scope", "repository:a/b:pull,push");
  EXPECT_EQ(url.string(), "https://a.example/token?x=1&scope=repository%3Aa%2Fb%3Apull%2Cpush");
  EXPECT_EQ(url.shown(), "https://a.example/token");
  EXPECT_EQ(form_encoded("a b&c=d+é"), "a%20b%26c%3Dd%2B%C3%A9");
  EXPECT_EQ(form_encoded(""), "");
  EXPECT_EQ(form_encoded(std::string_view()), "");
  EXPECT_EQ(form_encoded(std::string_view("password").substr(0, 0)), "");  // not what follows
}

TEST(Network, KnowsWhereAddressesBelong) {
  for (const char* host : {"127.0.0.1", "127.9.9.9", "[::1]", "::1", "localhost", "a.localhost",
                           "0.0.0.0", "[::ffff:127.0.0.1]", "[::]"}) {
    EXPECT_EQ(network_of_host(host), Network::loopback) << host;
  }
  for (const char* host : {"10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1",
                           "[fd00::1]", "[::ffff:10.0.0.1]", "[64:ff9b::10.0.0.1]"}) {
    EXPECT_EQ(network_of_host(host), Network::inside) << host;
  }
  for (const char* host :
       {"169.254.169.254", "[fe80::1]", "[fe80::1%eth0]", "[::ffff:169.254.169.254]"}) {
    EXPECT_EQ(network_of_host(host), Network::link_local) << host;
  }
  for (const char* host : {"8.8.8.8", "172.32.0.1", "172.15.0.1", "[2606:4700::1111]",
                           "registry.example.com", "100.128.0.1"}) {
    EXPECT_EQ(network_of_host(host), Network::outside) << host;
  }
}

TEST(Network, NobodyOutsideLeadsInside) {
  EXPECT_TRUE(may_lead(Network::inside, Network::outside));
  EXPECT_TRUE(may_lead(Network::inside, Network::inside));
  EXPECT_TRUE(may_lead(Network::loopback, Network::loopback));
  EXPECT_TRUE(may_lead(Network::loopback, Network::inside));
  EXPECT_FALSE(may_lead(Network::outside, Network::inside));
  EXPECT_FALSE(may_lead(Network::outside, Network::loopback));
  EXPECT_FALSE(may_lead(Network::outside, Network::link_local));
  EXPECT_FALSE(may_lead(Network::inside, Network::loopback));
  EXPECT_FALSE(may_lead(Network::inside, Network::link_local));
  EXPECT_FALSE(may_lead(Network::loopback, Network::link_local));
}

}  // namespace
}  // namespace ocimux::test
