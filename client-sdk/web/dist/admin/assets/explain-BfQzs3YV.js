import{A as e,C as t,D as n,S as r,_ as i,a,h as o,i as s,j as c,n as l,r as u}from"./index-VKHV2w1J.js";import{t as d}from"./loader-BN1fVlyR.js";import"./picker-DKWKjsB3.js";import{t as f}from"./view-Dd1Rz4mO.js";var p={user:[`start`,`find`,`see_profile`,`request`,`accept`,`unrelate`,`block`],group:[`address_group`,`find`],conversation:[`send`,`read`,`reply`,`edit`,`delete_for_all`,`delete_own_copy`,`close`,`reopen`,`rename`,`add_member`,`remove_member`,`leave`,`delete_conversation`,`erase_conversation`],nothing:[`start_group`]},m=new Set([`request`,`accept`,`unrelate`,`block`]),h=class extends f{constructor(...e){super(...e),this.missing=``,this.#e=new d(this),this.#t=new d(this),this.#n=``,this.#r=``}#e;#t;#n;#r;static{this.styles=[...a,t` .ask{display:grid;grid-template-columns:1fr 1fr;gap:14px 16px;align-items:start}.ask > *{display:grid;gap:4px;min-width:0}.ask select.field{width:100%}.foot{margin-top:14px}.verdict{display:flex;align-items:center;gap:14px;margin-bottom:14px}.mark{flex:none;display:grid;place-items:center;width:44px;height:44px;border-radius:50%;font-size:1.375rem;font-weight:700}.mark.yes{background:var(--good-soft);color:var(--on-good-soft)}.mark.no{background:var(--danger-soft);color:var(--danger)}.verdict p{color:var(--muted);overflow-wrap:anywhere}.section{margin-top:16px}.summary{display:flex;flex-wrap:wrap;gap:8px}.summary .button{font-family:ui-monospace,Menlo,Consolas,monospace}.summary .button[aria-pressed="true"]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}.summary .yes{color:var(--on-good-soft);font-weight:700}.summary .no{color:var(--danger);font-weight:700}tr.decides{background:var(--accent-soft)}tr.decides:hover{background:var(--accent-soft)}@media (max-width: 719px){.ask{grid-template-columns:1fr}}`]}willUpdate(){let t=this.#i(),n=t.as&&(t.to||t.about===`nothing`)&&(!m.has(t.action)||t.relation),r=JSON.stringify(t);if(r===this.#n)return;this.#n=r,n?this.#e.load(e=>this.session.api.send(`POST`,`policy/explain`,_(t),e),!0):this.#e.value=this.#e.error=void 0,this.missing=n?``:e.explainEmpty;let i=JSON.stringify([t.as,t.about,t.to]);if(i===this.#r||!n)return;this.#r=i;let a=p[t.about].filter(e=>!m.has(e));this.#t.load(e=>Promise.all(a.map(async n=>{let r=_({...t,action:n,relation:``});return[n,await this.session.api.send(`POST`,`policy/explain`,r,e)]})),!0)}#i(){let{query:e}=this.route,t=e.get(`about`)??``,n=Object.hasOwn(p,t)?t:`user`,r=p[n],i=e.get(`action`)??``;return{as:e.get(`as`)??``,about:n,to:e.get(`to`)??``,action:r.includes(i)?i:r[0]??``,relation:e.get(`relation`)??``}}render(){let t=this.#i(),i=this.#e.error instanceof c?this.#e.error.field.split(`.`)[0]:``,a=i?n(this.#e.error):``,o=e=>this.setQuery(e),s=e=>t=>o({[e]:t.target.value});return r`<div class="head"><h1 tabindex="-1">${e.views.explain}</h1></div>
<p class="lead">${e.explainLead}</p>
<section class="card" aria-label=${e.question}>
<div class="ask">
<admin-picker
id="as"
.session=${this.session}
.label=${e.may}
.value=${t.as}
.error=${i===`as`?a:``}
@admin-pick=${e=>o({as:e.detail})}
></admin-picker>
${u(`action`,e.doAction,r`<select class="field" id="action" @change=${s(`action`)}>
${p[t.about].map(e=>r`<option value=${e} .selected=${e===t.action}>${g(e)} (${e})</option>`)}
</select>`)}
${u(`about`,e.about,r`<select class="field" id="about" @change=${e=>o({about:e.target.value,to:``,action:``,relation:``})}>
${Object.keys(p).map(n=>r`<option value=${n} .selected=${n===t.about}>${e.abouts[n]}</option>`)}
</select>`)}
${this.#a(t,i===`to`?a:``,o)}
${m.has(t.action)?u(`relation`,e.relation,r`<input
class="field"
id="relation"
aria-describedby="relation-about"
aria-invalid=${i===`relation`}
.value=${t.relation}
@change=${s(`relation`)}
/>`,{hint:e.relationHint,wrong:i===`relation`?a:``}):``}
</div>
${t.about===`user`&&t.as&&t.to?r`<div class="row foot"><button class="button" @click=${()=>o({as:t.to,to:t.as})}>${e.swap}</button></div>`:``}
</section>
<div class="section" aria-live="polite">
${this.missing?r`<div class="empty">${this.missing}</div>`:i&&[`as`,`to`,`relation`].includes(i)?``:this.#e.render(e=>this.#o(e,t))}
</div>`}#a(t,n,i){if(t.about===`nothing`)return``;if(t.about===`conversation`){let a=r`<input
class="field mono"
id="conversation"
aria-describedby="conversation-about"
aria-invalid=${n!==``}
.value=${t.to}
@change=${e=>i({to:e.target.value.trim()})}
/>`;return u(`conversation`,e.abouts.conversation,a,{hint:e.conversationHint,wrong:n})}return r`<admin-picker
id="to"
.session=${this.session}
.what=${t.about===`group`?`groups`:`users`}
.label=${e.abouts[t.about]}
.value=${t.to}
.error=${n}
@admin-pick=${e=>i({to:e.detail})}
></admin-picker>`}#o(t,n){let{allowed:i,rule:a,witness:o,code:s,publicCode:c,sentence:l}=t,u=g(n.action),d=i?r`${e.allowedBy} ${this.#l(a)}${o?r`: ${o}`:``}`:a?r`${e.deniedBy} ${this.#l(a)}`:r`<span lang="en">${l}</span>`;return r`<section class="card" aria-labelledby="verdict">
<div class="verdict">
<span class="mark ${i?`yes`:`no`}" aria-hidden="true">${i?`✓`:`✗`}</span>
<div><h2 id="verdict">${i?e.yes(u):e.no(u)}</h2><p>${d}</p></div>
</div>
<dl>
${c?r`<dt>${e.userSees}</dt><dd><code>${c}</code></dd>`:``}
${s&&s!==c?r`<dt>${e.trueCode}</dt><dd><code>${s}</code> <span class="hint">${e.masked}</span></dd>`:``}
<dt>${e.rulesOf}</dt>
<dd><bdi>${t.policy}</bdi>, ${e.version(t.policyVersion)}</dd>
</dl>
</section>
${this.#s(n)}
<div class="table">
${t.rules.length?r`<table>
<caption class="visually-hidden">${e.ruleByRule}</caption>
<thead>
<tr>
<th scope="col">${e.ruleTitle}</th>
<th scope="col">${e.effect}</th>
<th scope="col">${e.outcome}</th>
</tr>
</thead>
<tbody>
${t.rules.map(e=>this.#c(e,e.rule===a))}
</tbody>
</table>`:r`<div class="empty">${e.noRules}</div>`}
</div>`}#s(t){let n=this.#t.value;return!n||n.length<2?``:r`<section class="card" aria-labelledby="summary">
<h2 id="summary">${e.allActions}</h2>
<ul class="summary">
${n.map(([n,{allowed:i,rule:a}])=>r`<li>
<button class="button small" aria-pressed=${n===t.action} title=${a??``} @click=${()=>this.setQuery({action:n,relation:``})}>
<span class=${i?`yes`:`no`} aria-hidden="true">${i?`✓`:`✗`}</span> ${n}
<span class="visually-hidden">: ${i?e.allowed:e.denied}</span>
</button>
</li>`)}
</ul>
</section>`}#c({rule:t,line:n,effect:i,matches:a,why:o},s){return r`<tr class=${s?`decides`:``}>
<td>${this.#l(t,n)}${s?r`<span class="sub">${e.decides}</span>`:``}</td>
<td><span class="pill ${i===`allow`?`good`:`bad`}">${e.effects[i]}</span></td>
<td><b>${a?e.matches:e.matchesNot}</b><span class="sub" lang="en">${o}</span></td>
</tr>`}#l(t,n){return r`<a class="mono" href=${s(`rules`,``,n?{line:String(n)}:{})}>${t}</a>${n?r`<span class="sub wide">${e.line(n)}</span>`:``}`}};l([o()],h.prototype,`missing`,void 0),h=l([i(`admin-explain`)],h);function g(t){return e.ruleActions[t]}function _({as:e,about:t,to:n,action:r,relation:i}){let a={user:`externalId`,group:`group`,conversation:`conversation`,nothing:``}[t];return{as:{externalId:e},...a&&{to:{[a]:n}},action:r,...m.has(r)&&{relation:i}}}export{h as Explain};