// What every client says: one message of each kind, and many. Returns the promises of the calls.
function speak(call, user) {
  return [
    call("identify", { userId: user, traits: { email: `${user}@example.com` } }),
    call("track", {
      userId: user,
      event: "Order Completed",
      properties: { order_id: `o_${user}`, total: 19.99, currency: "EUR" },
    }),
    call("page", { userId: user, category: "shop", name: "Home", properties: { path: "/" } }),
    call("screen", { userId: user, category: "app", name: "Start" }),
    call("group", { userId: user, groupId: "g_1", traits: { name: "Example GmbH" } }),
    call("alias", { userId: user, previousId: "anonymous" }),
    ...Array.from({ length: 250 }, (_, number) =>
      call("track", {
        userId: user,
        event: "Product Added",
        properties: { product_id: `p_${number}`, cart_id: `c_${user}` },
      }),
    ),
  ];
}

if (typeof module !== "undefined") module.exports = { speak };
