/*
 * The host app's page: connecting in a popup, and how a visit to Calendly
 * ended: asked of calendlyd, not of the address and not of the popup.
 */
"use strict";

const ASK_MS = 2000;
const ASK_MOST = 1800;	/* an hour: longer than a session lives */

/* What each capability of calendlyd's answer means for the user. */
const MEETINGS = {
	ok: "New meetings come in as they are booked.",
	plan: "Meetings come in late, within about 15 minutes: this plan has " +
	    "no webhooks. After an upgrade, reconnect.",
	role: "Meetings come in late, within about 15 minutes: this role in " +
	    "its organization has no webhooks. After a change, reconnect.",
	scope: "Meetings come in late or not at all: a permission was not " +
	    "granted. Reconnect, and allow all that Calendly asks.",
	rejected: "Meetings come in late, within about 15 minutes: Calendly " +
	    "rejects what this app asks for. Its operator has to look.",
	unreadable: "Whether new meetings come in is not known: Calendly's " +
	    "answers made no sense.",
	unknown: "Whether new meetings come in is not known yet.",
};

function meetingsAre(capability) {
	return MEETINGS[capability] || MEETINGS.unknown;
}

const ENDED = {
	connected: ["good", "Calendly is connected."],
	reconnected: ["good", "Reconnected. It is the same account as before."],
	switched: ["good", "Another Calendly account is connected now."],
	denied: ["", "You did not connect Calendly. Nothing was changed."],
	wrong_account: ["bad", "That was another account. Nothing was changed."],
	error: ["bad", "That did not work. Try again in a minute."],
};

function notice(kind, text) {
	byId("notice").dataset.kind = kind;
	byId("notice").textContent = text;
	byId("notice").hidden = false;
}

function endOf(session) {
	const [kind, text] = ENDED[session.result] ||
	    ["bad", "It is not known how that ended."];
	if (session.status !== "done")
		return [kind, text];
	return [session.capability === "ok" ? kind : "warn",
	    text + " " + meetingsAre(session.capability)];
}

async function showOutcome(id) {
	const call = await ask("GET", "/outcome/" + id);
	const session = call.status === 200 ? call.body : {};
	notice(...endOf(session));
	await refreshConnection();
	await refreshCalls(false);
	return session;
}

/* The popup that was opened last. */
let followed = null;
let wake = () => null;

/* A failed session is not over: the popup offers another try. And a success may
 * come before Calendly has said whether it will send meetings. */
function isOver(session) {
	return session.status === "expired" || session.status === "done" &&
	    session.capability !== "unknown";
}

/*
 * Asks until there is no more to tell. Whether the popup is open can't be
 * seen: once Calendly's page has cut it off, its handle says closed.
 */
async function follow(id) {
	let told = "";
	let over = false;

	followed = id;
	for (let i = 0; i < ASK_MOST && !over && followed === id; i++) {
		const call = await ask("GET", "/session/" + id)
		    .catch(() => ({status: 0}));
		const session = call.status === 200 ? call.body : {};
		const news = session.result + " " + session.capability;
		over = isOver(session);
		if (session.result && news !== told) {
			await showOutcome(id);
			told = news;
		}
		if (!over)
			await new Promise((soon) => {
				wake = soon;
				setTimeout(soon, ASK_MS);
			});
	}
}

/* After a redirect only the capability can still change. */
async function comeBack(id) {
	const session = await showOutcome(id);
	if (session.capability === "unknown")
		await follow(id);
}

/* A popup that is not cut off sends a message when something has happened. */
function onMessage(event) {
	const said = event.data;
	if (event.origin !== new URL(api).origin || said === null ||
	    typeof said !== "object" || said.source !== "calendlyd")
		return;
	if (said.session_id === followed)
		wake();
	else if (typeof said.session_id === "string")
		showOutcome(said.session_id).catch(fail);
}

/* The browser blocks a window unless the click itself opens it. */
async function connectInPopup() {
	const popup = window.open("", "calendly",
	    "popup,width=560,height=760");
	if (popup === null) {
		byId("connect-form").requestSubmit(byId("connect"));
		return;
	}
	const session = await ask("POST", asUser("/connect-popup"));
	if (!session.popup_url) {
		popup.close();
		throw new Error(session.detail || "no link came");
	}
	popup.location = session.popup_url;
	await refreshCalls(false);
	await follow(session.id);
}
