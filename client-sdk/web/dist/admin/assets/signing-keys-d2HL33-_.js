import{t as e}from"./dialog-styles-Cu3xhaZ7.js";import{A as t,S as n,_ as r,a as i,h as a,m as o,n as s,r as c}from"./index-VKHV2w1J.js";import"./dialog-Bzc5VUn_.js";import"./form-A3XYCM_-.js";import{t as l}from"./labels-CLJaZTLh.js";import{n as u}from"./loader-BN1fVlyR.js";import{t as d}from"./view-Dd1Rz4mO.js";var f=25,p=[`HS256`,`EdDSA`,`ES256`,`RS256`],m=class extends d{constructor(...e){super(...e),this.algorithm=`HS256`,this.#e=new u(this,async(e,t)=>{let{signingKeys:n,nextCursor:r}=await this.session.api.get(`signing-keys`,{cursor:e,limit:f},t);return{items:n,next:r}}),this.#r=async({kid:e,publicKey:n})=>{let r={algorithm:this.algorithm,...e&&{kid:e},...n&&this.algorithm!==`HS256`&&{publicKey:n}},i=await this.session.api.send(`POST`,`signing-keys`,r);this.maker.close(),this.#e.reload(),i.secret?this.dialog.show(t.signingKeyMade(i.kid),t.signingKeyMadeText,i.secret):this.notify(t.saved)}}#e;static{this.styles=[...i,e]}connectedCallback(){super.connectedCallback(),this.#e.restart()}render(){let e=this.session.has(`act`,`provision`);return n`<div class="head">
<h1 tabindex="-1">${t.views[`signing-keys`]}</h1>
${e?n`<button class="button primary" @click=${()=>this.maker.showModal()}>${t.addSigningKey}</button>`:``}
</div>
<p class="lead">${t.signingKeysLead}</p>
${e?``:n`<p class="notice">${t.signingKeysNeed}</p>`}
${this.#e.render(e=>this.#t(e),n`<strong>${t.noSigningKeys}</strong>${t.noSigningKeysHint}`)}
${this.#n()}
<admin-dialog></admin-dialog>`}#t(e){return n`<table>
<caption class="visually-hidden">${t.views[`signing-keys`]}</caption>
<thead>
<tr>
<th scope="col">${t.kid}</th>
<th scope="col">${t.algorithm}</th>
<th scope="col" class="wide">${t.fields.state}</th>
<th scope="col" class="wide">${t.made}</th>
<th scope="col"><span class="visually-hidden">${t.actions}</span></th>
</tr>
</thead>
<tbody>
${e.map(e=>n`<tr>
<td class="mono">${e.kid}</td>
<td>${e.algorithm}</td>
<td class="wide">
<span class="pill ${e.revokedAt?`bad`:`good`}">${e.revokedAt?t.keyStates.revoked:t.keyStates.valid}</span>
</td>
<td class="wide">${l(e.createdAt)}</td>
<td class="actions">
${e.revokedAt?n`<span class="narrow pill bad">${t.keyStates.revoked}</span>`:n`<button class="button small quiet-danger" aria-label="${t.revoke}: ${e.kid}" @click=${()=>this.#i(e)}>${t.revoke}</button>`}
</td>
</tr>`)}
</tbody>
</table>`}#n(){let e=this.algorithm===`HS256`,r=[{name:`kid`,label:t.kid,hint:t.kidHint(this.session.own.tenant.slug),mono:!0},...e?[]:[{name:`publicKey`,label:t.publicKey,hint:t.publicKeyHint,type:`textarea`,mono:!0,required:!0}]];return n`<dialog class="small" aria-labelledby="add" @close=${()=>this.form.reset()}>
<h2 id="add">${t.addSigningKey}</h2>
${c(`algorithm`,t.algorithm,n`<select class="field" id="algorithm" aria-describedby="algorithm-about" @change=${e=>{this.algorithm=e.target.value}}>
${p.map(e=>n`<option .selected=${e===this.algorithm}>${e}</option>`)}
</select>`,{hint:e?t.sharedHint:t.pairHint})}
<admin-form always .fields=${r} .action=${t.add} .send=${this.#r}>
<button type="button" class="button" @click=${()=>this.maker.close()}>${t.cancel}</button>
</admin-form>
</dialog>`}#r;async#i(e){let n={heading:t.revokeKey(e.kid),text:t.revokeSigningText,action:t.revoke,typed:e.kid};if(await this.dialog.ask(n)){try{await this.session.api.send(`DELETE`,`signing-keys/${encodeURIComponent(e.kid)}`),this.notify(t.revoked)}catch(e){this.fail(e)}this.#e.reload()}}};s([a()],m.prototype,`algorithm`,void 0),s([o(`admin-form`)],m.prototype,`form`,void 0),s([o(`dialog`)],m.prototype,`maker`,void 0),s([o(`admin-dialog`)],m.prototype,`dialog`,void 0),m=s([r(`admin-signing-keys`)],m);export{m as SigningKeys};