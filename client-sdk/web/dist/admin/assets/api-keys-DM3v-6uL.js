import{t as e}from"./dialog-styles-Cu3xhaZ7.js";import{A as t,C as n,D as r,S as i,_ as a,a as o,h as s,j as c,m as l,n as u,r as d}from"./index-VKHV2w1J.js";import"./dialog-Bzc5VUn_.js";import{t as f}from"./labels-CLJaZTLh.js";import{n as p}from"./loader-BN1fVlyR.js";import{t as m}from"./view-Dd1Rz4mO.js";var h=25,g=[30,90,365,730],_=class extends m{constructor(...e){super(...e),this.busy=!1,this.#e=new p(this,async(e,t)=>{let{apiKeys:n,nextCursor:r}=await this.session.api.get(`api-keys`,{cursor:e,limit:h},t);return{items:n,next:r}})}#e;static{this.styles=[...o,e,n` dialog.small{width:min(500px,calc(100vw - 32px));overflow-y:auto}dialog form{display:grid;gap:14px}fieldset{border:0;margin:0;padding:0;display:grid;gap:8px}legend{padding:0;margin-bottom:6px;font-weight:550;font-size:0.875rem}.check .hint{display:block}.scopes{display:flex;flex-wrap:wrap;gap:4px}`]}connectedCallback(){super.connectedCallback(),this.#e.restart()}render(){return i`<div class="head">
<h1 tabindex="-1">${t.views[`api-keys`]}</h1>
<button class="button primary" @click=${this.#r}>${t.makeKey}</button>
</div>
<p class="lead">${t.apiKeysLead}</p>
${this.#e.render(e=>this.#t(e),i`<strong>${t.noKeys}</strong>`)}
${this.#n()}
<admin-dialog></admin-dialog>`}#t(e){return i`<table>
<caption class="visually-hidden">${t.views[`api-keys`]}</caption>
<thead>
<tr>
<th scope="col">${t.fields.name}</th>
<th scope="col" class="wide">${t.scopesTitle}</th>
<th scope="col">${t.fields.state}</th>
<th scope="col" class="wide">${t.made}</th>
<th scope="col" class="wide">${t.expires}</th>
<th scope="col"><span class="visually-hidden">${t.actions}</span></th>
</tr>
</thead>
<tbody>
${e.map(e=>i`<tr>
<td>
<bdi>${e.name}</bdi> ${e.id===this.session.own.key.id?i`<span class="pill">${t.thisKey}</span>`:``}
<span class="sub mono">${e.id}</span>
<span class="sub narrow">${e.scopes.join(`, `)}</span>
</td>
<td class="wide"><span class="scopes">${e.scopes.map(e=>i`<span class="pill mono">${e}</span>`)}</span></td>
<td>${v(e)}</td>
<td class="wide">${f(e.createdAt)}</td>
<td class="wide">${e.expiresAt?f(e.expiresAt):t.never}</td>
<td class="actions">
${e.revokedAt?``:i`<button class="button small quiet-danger" aria-label="${t.revoke}: ${e.name}" @click=${()=>this.#a(e)}>${t.revoke}</button>`}
</td>
</tr>`)}
</tbody>
</table>`}#n(){let e=this.error instanceof c?this.error.field.split(/[.[]/)[0]:``,n=t=>e===t?r(this.error):``,a=Object.keys(t.keyScopes),o=this.session.own.key.scopes.filter(e=>!a.includes(e));return i`<dialog class="small" aria-labelledby="make">
<form @submit=${this.#i}>
<h2 id="make">${t.makeKey}</h2>
${d(`name`,t.keyName,i`<input class="field" id="name" name="name" autocomplete="off" dir="auto" aria-describedby="name-about" aria-invalid=${e===`name`} />`,{hint:t.keyNameHint,wrong:n(`name`)})}
<fieldset>
<legend>${t.scopesTitle}</legend>
${[...a,...o].map(e=>{let n=this.session.has(e),r=t.keyScopes[e]??``;return i`<label class="check"
><input type="checkbox" name="scopes" value=${e} ?disabled=${!n} /><span
><code>${e}</code> <span class="hint">${r}${n?``:i` ${t.scopeLacking}`}</span></span
></label
>`})}
${e===`scopes`?i`<span class="wrong" role="alert">${n(`scopes`)}</span>`:``}
</fieldset>
${d(`days`,t.expires,i`<select class="field" id="days" name="days" aria-describedby="days-about" aria-invalid=${e===`expiresInDays`}>
${g.map(e=>i`<option value=${e} ?selected=${e===365}>${t.inDays(e)}</option>`)}
<option value="">${t.never}</option>
</select>`,{wrong:n(`expiresInDays`)})}
${this.error&&![`name`,`scopes`,`expiresInDays`].includes(e??``)?i`<p class="notice bad" role="alert">${r(this.error)}</p>`:``}
<div class="buttons">
<button type="button" class="button" @click=${()=>this.maker.close()}>${t.cancel}</button>
<button class="button primary" ?disabled=${this.busy}>${t.make}</button>
</div>
</form>
</dialog>`}#r(){this.error=void 0,this.maker.querySelector(`form`)?.reset(),this.maker.showModal()}async#i(e){e.preventDefault();let n=new FormData(e.target),r=Number(n.get(`days`));this.busy=!0,this.error=void 0;try{let e={name:n.get(`name`),scopes:n.getAll(`scopes`),...r&&{expiresInDays:r}},{apiKey:i}=await this.session.api.send(`POST`,`api-keys`,e);this.maker.close(),this.#e.reload(),await this.dialog.show(t.keyMade,t.keyMadeText,i)}catch(e){this.error=e}this.busy=!1}async#a(e){let n=e.id===this.session.own.key.id,r={heading:t.revokeKey(e.name),text:n?t.revokeOwn:t.revokeKeyText,action:t.revoke};if(await this.dialog.ask(r)){try{await this.session.api.send(`DELETE`,`api-keys/${e.id}`),this.notify(t.revoked)}catch(e){this.fail(e)}this.#e.reload()}}};u([s()],_.prototype,`error`,void 0),u([s()],_.prototype,`busy`,void 0),u([l(`dialog`)],_.prototype,`maker`,void 0),u([l(`admin-dialog`)],_.prototype,`dialog`,void 0),_=u([a(`admin-api-keys`)],_);function v({revokedAt:e,expiresAt:n}){return e?i`<span class="pill bad">${t.keyStates.revoked}</span>`:n&&Date.parse(n)<=Date.now()?i`<span class="pill warn">${t.keyStates.expired}</span>`:i`<span class="pill good">${t.keyStates.valid}</span>`}export{_ as ApiKeys};