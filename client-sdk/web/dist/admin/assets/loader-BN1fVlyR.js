import{A as e,D as t,S as n}from"./index-VKHV2w1J.js";var r=class{#e;#t;constructor(e){this.host=e,this.loading=!1,e.addController(this)}hostDisconnected(){this.#e?.abort()}async load(e,t=!1){this.#e?.abort();let n=new AbortController;this.#e=n,this.#t=()=>void this.load(e,t),this.loading=!0,this.error=void 0,t&&(this.value=void 0),this.host.requestUpdate();try{let t=await e(n.signal);if(n.signal.aborted)return;this.value=t}catch(e){if(n.signal.aborted)return;this.error=e}this.loading=!1,this.host.requestUpdate()}render(r){return this.error===void 0?this.value===void 0?n`<div class="skeleton" role="status"><span class="visually-hidden">${e.loading}</span><i></i><i></i><i></i><i></i></div>`:r(this.value):n`<div class="empty" role="alert">
<strong>${e.loadFailed}</strong>
<p>${t(this.error)}</p>
<p><button class="button" @click=${()=>this.#t?.()}>${e.tryAgain}</button></p>
</div>`}},i=class{#e=[void 0];constructor(e,t){this.read=t,this.loader=new r(e)}restart(){this.#e=[void 0],this.#t(!0)}reload(){this.#t(!1)}#t(e){let t=this.#e.at(-1);this.loader.load(e=>this.read(t,e),e)}render(t,r){return n`<div class="table" tabindex="-1">
${this.loader.render(({items:i,next:a})=>{let o=this.#e.length;return!i.length&&o===1?n`<div class="empty">${r}</div>`:n`${t(i)}
${o>1||a?n`<div class="pager">
<span>${e.page(o)}</span>
<button class="button small" ?disabled=${o===1} @click=${()=>this.#n(void 0)}>${e.previous}</button>
<button class="button small" ?disabled=${!a} @click=${()=>this.#n(a)}>${e.next}</button>
</div>`:``}`})}
</div>`}#n(e){e?this.#e.push(e):this.#e.pop(),this.#t(!1)}};export{i as n,r as t};