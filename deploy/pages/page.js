/*
 * What these pages do when they can: put the focus on the heading, so that it
 * is read aloud first, tell the window that opened them how it went, offer to
 * close, and show what is known about this very session. Without this script
 * they are plain text and links, and still enough.
 *
 * What calendlyd does for them:
 *  - it sends the browser here with ?calendly_result=&session_id= and, while
 *    the session can be used again, &retry=1; to connected-limited.html also
 *    with &calendly_capability=plan|role|scope|rejected. Nothing in the
 *    address is secret: a session_id only names, and the host app asks
 *    calendlyd's API for the truth about it;
 *  - visiting a session sets the cookie `__Host-calendlyd-<session_id>`
 *    (Secure, HttpOnly, SameSite=Lax, Path=/, for a day; eight at most, the
 *    oldest is dropped). It holds the link's secret. By
 *    that cookie GET /connect/again?session=<session_id> opens the link once
 *    more, and GET /connect/back?session=<session_id> goes back to the app: to
 *    return_url, else the frontend URL, else close.html. The links in the
 *    pages name no session, which is enough while the browser has one such
 *    cookie; this script adds the session to them, for browsers with several;
 *  - GET /connect/accounts?session=<session_id> tells the browser that has
 *    that cookie which two accounts wrong-account.html is about:
 *    {"expected": "a•••@acme.example", "chosen": "m•••@other.example"}.
 *
 * In a popup the opener gets
 *	{source: "calendlyd", session_id: string or null, result: string}
 * where result is connected, reconnected, switched, denied, wrong_account,
 * error, expired or another_browser. It goes to any origin, for this
 * page can't know which is the app's; that is why there is nothing secret in
 * it. The receiver checks event.origin (calendlyd's) and then asks the API.
 *
 * If Calendly's pages send a Cross-Origin-Opener-Policy, the browser cuts a
 * popup off from its opener for good: window.opener is null here, the popup
 * has lost its name, and the opener believes it closed. No message can be
 * sent then, so the app has to ask the API, and nothing tells a page that it
 * is in a popup. That is what popup.html#<link's last part> is for: it notes
 * in sessionStorage, which outlives the cut, that this window is a popup, and
 * opens the link. A success then closes the window. In a popup that came
 * without that note the pages look as in a tab.
 */
"use strict";

(function () {
	const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
	const LINK = /^#[\w-]{43}$/;
	const CLOSED_MS = 500;
	const NOTE = "calendlyd-popup";
	const query = new URLSearchParams(location.search);
	const byId = (id) => document.getElementById(id);

	/* Each page stands for one result; only a success has several. */
	const own = document.body.dataset.result;
	const asked = query.get("calendly_result");
	const result = own === "connected" &&
	    ["reconnected", "switched"].includes(asked) ? asked : own;

	const id = query.get("session_id");
	const session = UUID.test(id) ? id : null;

	function show(element) {
		if (element !== null)
			element.hidden = false;
	}

	function hasOpener() {
		return window.opener !== null && window.opener !== window;
	}

	/* A browser that blocks cookies blocks this storage, too. */
	function noted(that) {
		try {
			if (that)
				sessionStorage.setItem(NOTE, "1");
			return sessionStorage.getItem(NOTE) === "1";
		} catch (error) {
			return that;
		}
	}

	/* A browser closes only windows that a page has opened, and says
	 * nothing when it does not. A button that does nothing is taken away,
	 * and the person told what to do. */
	function stay(button) {
		const note = document.createElement("p");
		note.className = "note";
		note.tabIndex = -1;
		note.textContent = "Your browser does not let this page " +
		    "close itself. Please close this tab or window yourself.";
		button.closest(".actions").after(note);
		button.hidden = true;
		note.focus();
	}

	function close() {
		window.close();
		setTimeout(stay, CLOSED_MS, byId("close"));
	}

	function offerToClose() {
		const button = byId("close");
		if (document.querySelector(".actions > .button:not([hidden])"))
			button.className = "quiet";
		button.addEventListener("click", close, {once: true});
		show(button);
	}

	/* In a popup there is no app to go back to: it is in the other window.
	 * That one hears how it went, or this one closes: what is left to read
	 * is in the app. */
	function beAPopup() {
		for (const back of document.querySelectorAll(
		    "[data-way='back']"))
			back.hidden = true;
		offerToClose();
		if (hasOpener() && result !== "")
			window.opener.postMessage({source: "calendlyd",
			    session_id: session, result: result}, "*");
		if (!hasOpener() && document.body.dataset.closes !== undefined)
			close();
	}

	/* The link must not get into any address but its own. */
	function openLink() {
		if (document.body.dataset.opens !== undefined &&
		    LINK.test(location.hash))
			location.replace("/connect/" + location.hash.slice(1));
	}

	function nameSession() {
		/* Without a session there is no link, rather than another's. */
		for (const link of document.querySelectorAll("[data-way]"))
			link.search = "?session=" + (session ?? "");
	}

	function giveReference() {
		const note = byId("reference");
		if (note === null || session === null)
			return;
		note.querySelector("code").textContent = session;
		show(note);
	}

	/* If a second try is offered, going back is the second choice. */
	function offerRetry() {
		const again = byId("again");
		if (again === null || query.get("retry") !== "1")
			return;
		show(again);
		again.nextElementSibling.className = "quiet";
		if (byId("no-retry") !== null)
			byId("no-retry").hidden = true;
	}

	/* Shows only the reason that applies. */
	function nameReason() {
		const why = query.get("calendly_capability");
		const all = [...document.querySelectorAll("[data-capability]")];
		if (!all.some((reason) => reason.dataset.capability === why))
			return;
		for (const reason of all)
			reason.hidden = reason.dataset.capability !== why;
		byId("reasons").hidden = true;
	}

	/* Shows the two accounts only if both are known. */
	async function nameAccounts() {
		const note = byId("accounts");
		if (note === null || session === null)
			return;
		const reply = await fetch("/connect/accounts?session=" +
		    session, {credentials: "same-origin", redirect: "error"});
		if (!reply.ok)
			return;
		const accounts = await reply.json();
		for (const place of note.querySelectorAll("[data-account]")) {
			const name = accounts[place.dataset.account];
			if (typeof name !== "string")
				return;
			place.textContent = name;
		}
		show(note);
	}

	nameSession();
	giveReference();
	offerRetry();
	nameReason();
	nameAccounts().catch(() => null);	/* not needed */
	if (noted(hasOpener() || document.body.dataset.opens !== undefined))
		beAPopup();
	else if (byId("close").dataset.offer === "always")
		offerToClose();
	document.querySelector("h1").focus();
	openLink();
})();
