// Segment's client for Node.js: node segment_node.js <address> <write key> <user>
const { Analytics } = require("@segment/analytics-node");
const { speak } = require("./shop.js");

const [host, writeKey, user] = process.argv.slice(2);
const analytics = new Analytics({ host, writeKey });
analytics.on("error", (failure) => {
  console.error(failure);
  process.exitCode = 1;
});
speak((kind, message) => analytics[kind](message), user);
analytics.closeAndFlush({ timeout: 20000 });
