// RudderStack's client for Node.js: node rudder_node.js <address> <write key> <user>
const Analytics = require("@rudderstack/rudder-sdk-node");
const { speak } = require("./shop.js");

const [dataPlaneUrl, writeKey, user] = process.argv.slice(2);
const client = new Analytics(writeKey, {
  dataPlaneUrl,
  errorHandler: (failure) => {
    console.error(failure);
    process.exitCode = 1;
  },
});
// It says of a message that it was delivered, not of all that they were.
const delivered = speak(
  (kind, message) => new Promise((done) => client[kind](message, done)),
  user,
);
client.flush();
Promise.all(delivered).then((failures) => {
  process.exit(failures.some(Boolean) ? 1 : 0);
});
