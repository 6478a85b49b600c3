/*
 * The host app's page: what calendlyd has pushed to its server. Nobody reads
 * it out as it comes, because the events are read out already.
 */
"use strict";

let lastPush = 0;

/* "0.31 s after Calendly told"; a replay or a late one says when it came. */
function delayOf(push) {
	const seconds = push.at - new Date(push.event.received_at) / 1000;

	if (push.headers["calendlyd-replay"] !== undefined)
		return "replayed " + clock(push.at * 1000);
	if (seconds < 0 || seconds >= 60)
		return clock(push.at * 1000);
	return clock(push.at * 1000) + ", " + seconds.toFixed(2) +
	    " s after calendlyd heard of it";
}

function showPush(push) {
	const event = push.event;
	const words = event.type === "destination.test" ?
	    "a test: pushes arrive" : summaryOf(event);
	const line = element("summary", {}, badge(event.type, "good"),
	    element("span", {}, words), element("span", {class: "soft"},
	    (event.user_id === null ? "" : event.user_id + " · ") +
	    delayOf(push)));

	byId("pushes").prepend(element("li", {}, element("details", {}, line,
	    pretty(push.headers), pretty(event))));
}

/* An app that nothing is pushed to does not show the list. */
async function readPushes() {
	if (byId("pushes") === null)
		return;
	for (const push of await ask("GET", "/pushes?after=" + lastPush)) {
		showPush(push);
		lastPush = push.number;
	}
	byId("no-pushes").hidden = lastPush > 0;
	setBadge("pushed", lastPush === 1 ? "1 push" : lastPush + " pushes",
	    lastPush > 0 ? "good" : "");
	while (byId("pushes").children.length > SHOWN)
		byId("pushes").lastChild.remove();
}
