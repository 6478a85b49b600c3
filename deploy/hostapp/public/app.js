/*
 * The host app's page: the connection, what was asked, the feed, the clicks.
 */
"use strict";

const POLL_MS = 1000;
const SHOWN = 20;

/* The connection. */

const WORDS = {
	needs_reauth: ["Needs a reconnect", "bad",
	    "Calendly no longer accepts what it gave us. Reconnect to go on."],
	disconnecting: ["Disconnecting", "warn",
	    "Calendly has not answered yet; it goes on in the background."],
	disconnected: ["Disconnected", "",
	    "Nothing of ours is left at Calendly."],
	never: ["Not connected", "",
	    "Connect Calendly to have its meetings come in."],
	unknown: ["Not known", "bad", ""],
};

function stateOf(call) {
	if (call.status === 200)
		return call.body.status;
	return call.status === 404 ? "never" : "unknown";
}

/* A connected user may still get no meetings: says so, and what to do. */
function wordsOf(state, call) {
	if (state === "disconnected" && call.body.left_behind.length > 0)
		return ["Disconnected", "warn",
		    "What could not be removed at Calendly is named below."];
	if (state !== "connected")
		return WORDS[state];
	const hook = call.body.webhook;
	if (hook.capability !== "ok")
		return ["Connected", "warn", meetingsAre(hook.capability)];
	return hook.state === "active" ? ["Connected", "good", MEETINGS.ok] :
	    ["Connected", "warn", "The webhook is " + hook.state +
	    ": new meetings may not come in for now."];
}

function factsOf(connection) {
	const hook = connection.webhook;
	const account = connection.calendly;
	const facts = [];
	if (account !== null)
		facts.push(["Account", account.name || "(without a name)"], ["E-mail", account.email]);
	if (connection.reason !== null)
		facts.push(["Reason", connection.reason]);
	facts.push(["Webhook", hook.state + (hook.verified ? ", verified" : "") +
	    (["ok", "unknown"].includes(hook.capability) ? "" :
	    " (" + hook.capability + ")")]);
	if (connection.left_behind.length > 0)
		facts.push(["Left behind", connection.left_behind.join(", ")]);
	return facts;
}

function showConnection(call) {
	const state = stateOf(call);
	const [title, kind, words] = wordsOf(state, call);
	const known = state !== "never" && state !== "unknown";

	setBadge("status", title, kind);
	byId("explain").textContent = state === "unknown" ?
	    (call.body && call.body.detail) || "No answer." : words;
	byId("facts").replaceChildren(...(known ? factsOf(call.body) : [])
	    .flatMap(([name, value]) =>
	    [element("dt", {}, name), element("dd", {}, value)]));
	showSync(known ? call.body : null);
	byId("connect").textContent = state === "connected" ||
	    state === "needs_reauth" ? "Reconnect" : "Connect Calendly";
	byId("switch").hidden = state !== "connected";
	byId("more").hidden = !known;
}

async function refreshConnection() {
	showConnection(await ask("GET", asUser("/connection")));
}

/* The list of calls. */

let lastCall = 0;

function showCall(call) {
	const good = call.status >= 200 && call.status < 300;
	const line = element("summary", {},
	    badge(call.status || "failed", good ? "good" : "bad"),
	    element("code", {}, call.method + " " + call.path),
	    element("span", {class: "soft"}, call.ms + " ms"));
	const details = element("details", {}, line,
	    element("pre", {tabindex: "0"}, call.curl), pretty(call.body));

	byId("no-calls").hidden = true;
	byId("calls").prepend(element("li", {}, details));
	return details;
}

/* Shows what is new since the last look, and opens what was just clicked. */
async function refreshCalls(open) {
	let newest = null;
	for (const call of await ask("GET", "/calls?after=" + lastCall)) {
		newest = showCall(call);
		lastCall = call.number;
	}
	if (open && newest !== null)
		newest.open = true;
	while (byId("calls").children.length > SHOWN)
		byId("calls").lastChild.remove();
}

/* The feed. */

let cursor = "";

function summaryOf(event) {
	const data = event.data;
	if (event.type === "meeting.changed")
		return data.change + ": " + (data.meeting.name || "a meeting");
	if (event.type === "connection.synced")
		return data.events + " meetings were read";
	if (typeof data.email === "string")
		return (data.name || data.email) + (data.scheduled_event ?
		    ", " + new Date(data.scheduled_event.start_time)
		    .toLocaleString([], {dateStyle: "medium",
		    timeStyle: "short"}) : "");
	return data.reason || data.status || "";
}

function showEvent(event) {
	const kind = event.type.endsWith("canceled") ||
	    event.type.endsWith("needs_reauth") ? "bad" :
	    event.type.endsWith("created") ||
	    event.type.endsWith("connected") ? "good" : "";
	const line = element("summary", {}, badge(event.type, kind),
	    element("span", {}, summaryOf(event)),
	    element("span", {class: "soft"},
	    event.user_id + " · " + clock(event.received_at)));

	byId("no-events").hidden = true;
	byId("events").prepend(element("li", {},
	    element("details", {}, line, pretty(event))));
}

async function readFeed() {
	let more = true;
	let news = false;
	while (more) {
		const call = await ask("GET", "/events?after=" +
		    encodeURIComponent(cursor));
		byId("feed-curl").textContent = call.curl;
		if (call.status !== 200)
			throw new Error((call.body && call.body.detail) ||
			    "the feed answered " + call.status);
		call.body.data.forEach(showEvent);
		news = news || call.body.data.length > 0;
		cursor = call.body.next;
		more = call.body.more;
	}
	while (byId("events").children.length > SHOWN)
		byId("events").lastChild.remove();
	return news;
}

async function watch() {
	try {
		const news = await readFeed();
		await readPushes();
		if (news || busy)
			await refreshConnection();
		if (news)
			await refreshMeetings();
		setBadge("live", "live", "good");
	} catch (error) {
		setBadge("live", "not live", "bad");
		byId("live").title = error.message;
	}
	setTimeout(watch, POLL_MS);
}

/* Clicks. */

function fail(error) {
	notice("bad", "That did not work: " + error.message + ".");
}

async function click(button) {
	button.disabled = true;
	try {
		await ask(button.dataset.method, asUser("/" +
		    button.dataset.click));
		await refreshConnection();
		await refreshCalls(true);
	} catch (error) {
		fail(error);
	} finally {
		button.disabled = false;
	}
}

function start() {
	const query = new URLSearchParams(location.search);
	const session = query.get("session_id");

	for (const button of document.querySelectorAll("[data-click]"))
		button.addEventListener("click", () => click(button));
	byId("popup").hidden = false;
	byId("popup").addEventListener("click",
	    () => connectInPopup().catch(fail));
	window.addEventListener("message", onMessage);
	showCommands();
	history.replaceState(null, "", asUser("/"));
	if (session !== null)
		comeBack(session).catch(fail);
	refreshConnection().then(refreshMeetings)
	    .then(() => refreshCalls(false)).catch(fail);
	watch();
}

start();
