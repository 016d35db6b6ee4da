import"./avatar-CKfXQRgM.js";import{A as e,C as t,S as n,_ as r,a as i,g as a,i as o,m as s,n as c}from"./index-VKHV2w1J.js";import"./dialog-Bzc5VUn_.js";import"./form-A3XYCM_-.js";import{r as l}from"./labels-CLJaZTLh.js";import{n as u,t as d}from"./loader-BN1fVlyR.js";import"./memberships-DVYFNJ39.js";import{t as f}from"./search-CDqUIalP.js";import{t as p}from"./view-Dd1Rz4mO.js";var m=20,h=class extends p{constructor(...e){super(...e),this.subject=``,this.#e=``,this.#t=``,this.#n=new u(this,async(e,t)=>{let n={q:this.#e,cursor:e,limit:m},r=await this.session.api.getAs(this.subject,`directory`,n,t);return{items:r.hits??[],next:r.nextCursor}})}#e;#t;#n;static{this.styles=[...i,t` h2{margin-bottom:10px}`]}willUpdate(){this.subject!==this.#t&&(this.#t=this.subject,this.#n.restart())}render(){return n`<section class="card" aria-labelledby="reach">
<h2 id="reach">${e.reach}</h2>
<div class="filters">${f(e.searchUsers,this.#e,e=>{e!==this.#e&&(this.#e=e,this.#n.restart())})}</div>
${this.#n.render(e=>this.#r(e),this.#e?e.noMatch(this.#e):e.findsNobody)}
</section>`}#r(t){return n`<table>
<thead>
<tr>
<th scope="col">${e.fields.name}</th>
<th scope="col">${e.mayWrite}</th>
</tr>
</thead>
<tbody>
${t.map(({user:t,group:r,can:i=[]})=>{let{externalId:a=``,name:s=``}=t??r??{},c=i.some(e=>e.endsWith(`_START`)||e.endsWith(`_ADDRESS_GROUP`)),l=o(`explain`,``,{as:this.subject,to:a,about:r?`group`:``});return n`<tr>
<td>
<a href=${o(t?`users`:`groups`,a)}><bdi>${s||a}</bdi></a>
<span class="sub mono">${a}</span>
</td>
<td>
<span class="pill ${c?`good`:``}">${c?e.allowed:e.denied}</span>
${this.session.may(`explain`)?n`<a href=${l}>${e.why}</a>`:``}
</td>
</tr>`})}
</tbody>
</table>`}};c([a()],h.prototype,`subject`,void 0),h=c([r(`admin-reach`)],h);function g(e,t){let n=document.createElement(`a`);n.href=URL.createObjectURL(e),n.download=t.replace(/[^\p{L}\p{N}._-]+/gu,`_`),n.click(),setTimeout(()=>URL.revokeObjectURL(n.href),1e4)}var _=class extends p{#e=new d(this);#t=``;static{this.styles=[...i,t` .who{display:flex;align-items:center;gap:14px;--avatar-size:52px}.who > div{min-width:0}.back{display:inline-block;margin-bottom:10px}.danger-zone p{margin-bottom:10px}.section{margin-top:16px}`]}willUpdate(){this.route.id!==this.#t&&(this.#t=this.route.id,this.#o(!0))}render(){return n`<a class="back" href=${o(`users`)}>${e.backToUsers}</a>
${this.#e.value&&!this.#e.error?``:n`<h1 tabindex="-1" class="mono">${this.#t}</h1>`}
${this.#e.render(e=>this.#n(e))}
<admin-dialog></admin-dialog>`}#n(t){let r=this.session.may(`edit`);return n`
<div class="head">
<div class="who">
<causerie-avatar .name=${t.name||t.id} .key=${t.id}></causerie-avatar>
<div><h1 tabindex="-1"><bdi>${t.name||t.id}</bdi></h1><span class="mono hint">${t.id}</span> ${l(t.status)}</div>
</div>
<div class="row">
${this.session.may(`explain`)?n`<a class="button" href=${o(`explain`,``,{as:t.id})}>${e.explainUser}</a>`:``}
${this.session.may(`audit`)?n`<a class="button" href=${o(`audit`,``,{target:`user:${t.id}`})}>${e.auditUser}</a>`:``}
${this.session.may(`export`)?n`<button class="button" @click=${this.#d}>${e.exportUser}</button>`:``}
</div>
</div>
<section class="card section" aria-labelledby="profile">
<h2 id="profile">${e.profile}</h2>
${r?this.#r(t):this.#i(t)}
</section>
<admin-memberships class="section" .session=${this.session} .of=${`user`} .subject=${t.id}></admin-memberships>
${this.session.may(`actAs`)&&t.status===`active`?n`<admin-reach class="section" .session=${this.session} .subject=${t.id}></admin-reach>`:``}
${r?this.#a(t):``}
`}#r(t){let{fields:r}=e,i=[{name:`name`,label:r.name},{name:`status`,label:r.status,hint:e.statusHint,options:[`active`,`invited`,`deactivated`,`removed`].map(t=>[t,e.statuses[t]])},{name:`writable_by`,label:r.writable_by,hint:e.writableByHint,options:[`rules`,`contacts`,`nobody`].map(t=>[t,e.writableBy[t]])},{name:`roles`,label:r.roles,hint:e.rolesHint},{name:`locale`,label:r.locale,hint:e.localeHint},{name:`avatar`,label:r.avatar}];return n`<admin-form
.fields=${i}
.values=${{...t,roles:t.roles.join(` `)}}
.action=${e.save}
.send=${this.#c}
></admin-form>`}#i(t){let{fields:r}=e;return n`<dl>
<dt>${r.status}</dt><dd>${e.statuses[t.status]}</dd>
<dt>${r.writable_by}</dt><dd>${e.writableBy[t.writable_by]}</dd>
<dt>${r.roles}</dt><dd>${t.roles.join(`, `)||`–`}</dd>
<dt>${r.locale}</dt><dd>${t.locale||`–`}</dd>
<dt>${r.avatar}</dt><dd>${t.avatar||`–`}</dd>
</dl>`}#a(t){return n`<section class="card section danger-zone" aria-labelledby="account">
<h2 id="account">${e.account}</h2>
<p>${e.revokeHint}</p>
<p><button class="button" @click=${()=>this.#l(t)}>${e.revokeUser}</button></p>
<p>${e.eraseHint}</p>
<button class="button quiet-danger" @click=${()=>this.#u(t)}>${e.eraseUser}</button>
</section>`}#o(e=!1){return this.#e.load(e=>this.session.api.get(`rows/users/${encodeURIComponent(this.#t)}`,{},e),e)}get#s(){return`users/${encodeURIComponent(this.#t)}`}#c=async t=>{let{roles:n,...r}=t,i={...r,...n!==void 0&&{roles:n.split(/[\s,]+/).filter(Boolean)}};await this.session.api.send(`PUT`,this.#s,i),await this.#o(),this.notify(e.saved)};async#l(t){let n={heading:e.revokeTitle(t.name||t.id),text:e.revokeText,action:e.revokeUser};await this.dialog.ask(n)&&await this.#f(()=>this.session.api.send(`POST`,`${this.#s}/revoke`,{}),e.revokedUser)}async#u(t){let n=await this.dialog.ask({heading:e.eraseTitle(t.name||t.id),text:e.eraseText,action:e.eraseUser,typed:t.id,choice:e.eraseTexts});n&&await this.#f(async()=>{n.chosen&&await this.session.api.send(`POST`,`${this.#s}/erase-texts`),await this.session.api.send(`POST`,`${this.#s}/erase`),location.hash=o(`users`)},e.erasedUser)}async#d(){await this.#f(async()=>g(await this.session.api.download(`${this.#s}/export`),`${this.#t}.ndjson`),e.exported)}async#f(e,t){try{await e(),this.notify(t)}catch(e){this.fail(e)}}};c([s(`admin-dialog`)],_.prototype,`dialog`,void 0),_=c([r(`admin-user`)],_);export{_ as User};