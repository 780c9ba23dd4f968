// The citizen's page. It keeps nothing but the conversation's key: what was said lies on the server, so a reload loses nothing.
"use strict";

const $ = (id) => document.getElementById(id);
const KEY = "jiesu.conversation";
const talk = $("talk"), words = $("words"), choices = $("choices"), trouble = $("trouble");
let conversation = null;
let labels = { fields: {}, kinds: {}, topics: {} };
let stream = null;
let sending = Promise.resolve();

async function call(path, options = {}) {
  const headers = { "Content-Type": "application/json" };
  if (conversation) headers.Authorization = `Bearer ${conversation.token}`;
  const response = await fetch(path, { ...options, headers });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.detail || "网络不太好，请再试一次。"), { status: response.status });
  return body;
}

function line(text, who, extra = "") {
  const item = document.createElement("li");
  item.className = `${who} ${extra}`.trim();
  item.textContent = text;
  const speaker = document.createElement("span");
  speaker.className = "hidden";
  speaker.textContent = who === "citizen" ? "您说：" : who === "operator" ? "坐席说：" : "热线说：";
  item.prepend(speaker);
  item.dataset.text = text;
  talk.append(item);
  talk.scrollTop = talk.scrollHeight;
  return item;
}

function offer(buttons) {
  choices.replaceChildren(...buttons.map(({ title, payload }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = title;
    button.addEventListener("click", () => say(payload, title));
    return button;
  }));
  // The buttons take room from the talk: its end must stay in sight.
  talk.scrollTop = talk.scrollHeight;
}

function show(value, kind) {
  if (value === null || value === undefined) return "未填";
  if (value === true) return "有";
  if (value === false) return "没有";
  if (kind === "amount") return `${value}元`;
  if (kind === "count") return `${value}人`;
  if (kind === "date" && /^\d{4}(-\d{1,2}){0,2}$/.test(value)) {
    return value.split("-").map((part, i) => `${Number(part)}${"年月日"[i]}`).join("");
  }
  return String(value);
}

function fill(draft, ticket) {
  const card = $("card");
  const rows = [];
  if (draft.topic) rows.push(["topic", "类别", labels.topics[draft.topic] || draft.topic]);
  if (draft.type) rows.push(["type", "类型", draft.type]);
  for (const [name, value] of Object.entries(draft.fields || {})) {
    if (labels.fields[name] && value !== null) rows.push([name, labels.fields[name], show(value, labels.kinds[name])]);
  }
  const before = new Map([...card.querySelectorAll("dd")].map((dd) => [dd.dataset.field, dd.textContent]));
  card.replaceChildren(...rows.flatMap(([name, label, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = label;
    dd.textContent = value;
    dd.dataset.field = name;
    if (before.get(name) !== value) dd.className = "fresh";
    return [dt, dd];
  }));
  $("card-empty").hidden = rows.length > 0;
  if (ticket) {
    $("number").hidden = false;
    $("number").textContent = `工单号 ${ticket.number.replace(/(\d{4})(?=\d)/g, "$1 ")}`;
    $("lookup-number").value = ticket.number;
    $("pdf").hidden = false;
    $("pdf").href = `/api/v1/conversations/${conversation.id}/tickets/${ticket.number}.pdf?token=${encodeURIComponent(conversation.token)}`;
  }
}

function answer(told) {
  told.replies.forEach((reply) => {
    line(reply.text, "bot");
    document.dispatchEvent(new CustomEvent("jiesu:reply", { detail: reply.text }));
  });
  offer(told.replies.length ? told.replies[told.replies.length - 1].buttons : []);
  fill(told.draft, told.ticket);
}

async function start() {
  conversation = null;
  talk.replaceChildren();
  $("number").hidden = true;
  $("pdf").hidden = true;
  const opened = await call("/api/v1/conversations", { method: "POST" });
  conversation = { id: opened.conversation_id, token: opened.token };
  localStorage.setItem(KEY, JSON.stringify(conversation));
  opened.replies.forEach((reply) => line(reply.text, "bot"));
  offer([]);
  fill({ fields: {} }, null);
  listen(0);
}

async function resume() {
  const kept = localStorage.getItem(KEY);
  if (!kept) return start();
  try {
    conversation = JSON.parse(kept);
    const past = await call(`/api/v1/conversations/${conversation.id}`);
    past.messages.forEach((m) => line(m.text, m.from, m.unasked ? "news" : ""));
    const last = past.messages[past.messages.length - 1];
    offer((last && last.from !== "citizen" && last.buttons) || []);
    fill(past.draft, past.ticket);
    listen(past.last_event_id);
  } catch (error) {
    if (error.status === 401 || error instanceof SyntaxError) return start();
    fail(error);
  }
}

function listen(after) {
  if (stream) stream.close();
  stream = new EventSource(`/api/v1/conversations/${conversation.id}/events?token=${encodeURIComponent(conversation.token)}&after=${after}`);
  stream.addEventListener("message", (event) => {
    const news = JSON.parse(event.data);
    line(news.text, news.from, "news");
    if (news.buttons && news.buttons.length) offer(news.buttons);
  });
}

// Messages go out one after the other; one that failed is sent again with the same id, so nothing is done twice.
function say(text, shown = text) {
  if (!text.trim()) return;
  const item = line(shown, "citizen", "waiting");
  const id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
  offer([]);
  sending = sending.then(() => deliver(text, id, item));
}

async function deliver(text, id, item) {
  for (let attempt = 0; ; attempt++) {
    try {
      const told = await call(`/api/v1/conversations/${conversation.id}/messages`, {
        method: "POST", body: JSON.stringify({ text, client_message_id: id }),
      });
      item.classList.remove("waiting");
      trouble.hidden = true;
      return answer(told);
    } catch (error) {
      const worthRetrying = error.status === undefined || error.status === 409 || error.status >= 500;
      if (!worthRetrying || attempt === 4) return fail(error, text);
      fail(new Error("网络不太好，正在重试……"));
      await new Promise((resolve) => setTimeout(resolve, 700 * 2 ** attempt));
    }
  }
}

function fail(error, text) {
  trouble.textContent = error.message;
  trouble.hidden = false;
  if (text && !words.value) words.value = text;
}

$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value;
  words.value = "";
  say(text);
  words.focus();
});
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $("say").requestSubmit();
  }
});
$("photo").addEventListener("change", async () => {
  const [file] = $("photo").files;
  $("photo").value = "";
  if (!file) return;
  const form = new FormData();
  form.append("file", file);
  const item = line(`照片：${file.name}`, "citizen", "waiting");
  try {
    const response = await fetch(`/api/v1/conversations/${conversation.id}/files`, {
      method: "POST", body: form, headers: { Authorization: `Bearer ${conversation.token}` },
    });
    if (!response.ok) throw new Error((await response.json()).detail);
    item.classList.remove("waiting");
    line("收到，照片会和工单一起交给办理人员。", "bot");
  } catch (error) {
    item.remove();
    fail(error);
  }
});
$("person").addEventListener("click", () => say("转人工"));
$("anew").addEventListener("click", () => start().catch(fail));
$("large").addEventListener("click", () => large(!document.documentElement.classList.contains("large")));
$("lookup").addEventListener("submit", async (event) => {
  event.preventDefault();
  const number = $("lookup-number").value.replace(/\D/g, "");
  try {
    const ticket = await call(`/api/v1/tickets/${number}?phone_last4=${$("lookup-phone").value}`);
    $("lookup-answer").textContent = ticket.progress;
  } catch (error) {
    $("lookup-answer").textContent = error.message;
  }
});

function large(on) {
  document.documentElement.classList.toggle("large", on);
  $("large").setAttribute("aria-pressed", String(on));
  localStorage.setItem("jiesu.large", on ? "1" : "");
}

large(localStorage.getItem("jiesu.large") === "1");
fetch("/api/v1/catalog").then((r) => r.json()).then((catalog) => { labels = catalog; }).then(resume).catch(fail);
