import{A as e,C as t,S as n,_ as r,a as i,h as a,n as o,r as s}from"./index-VKHV2w1J.js";import{t as c}from"./live-C55_7712.js";import{i as l,n as u}from"./labels-CLJaZTLh.js";import{n as d}from"./loader-BN1fVlyR.js";import{t as f}from"./view-Dd1Rz4mO.js";var p=50,m=[`action`,`outcome`,`actor`,`target`,`since`,`until`],h=class extends f{constructor(...e){super(...e),this.actions=[],this.#e=new d(this,async(e,t)=>{let n={...this.#r(),cursor:e,limit:p},{entries:r,nextCursor:i}=await this.session.api.get(`audit`,n,t);return{items:r,next:i}})}#e;#t;static{this.styles=[...i,t` .filters .label{flex:1 1 170px}.filters select.field{width:100%}td details{font-size:0.875rem}td summary{cursor:pointer;color:var(--muted)}pre{margin:4px 0 0;white-space:pre-wrap;overflow-wrap:anywhere;font-size:0.8125rem}td{vertical-align:top}`]}connectedCallback(){super.connectedCallback(),this.#n()}async#n(){try{let{paths:e}=await this.session.api.get(`openapi.json`),t=e[`/v1/audit`]?.get.parameters.find(({name:e})=>e===`action`);this.actions=t?.schema.enum??[]}catch{}}#r(){let e=e=>this.route.query.get(e)??``;return Object.fromEntries(m.map(t=>[t,e(t)]))}willUpdate(){let e=JSON.stringify(this.#r());e!==this.#t&&(this.#t=e,this.#e.restart())}render(){let t=this.#r(),r=e=>t=>this.setQuery({[e]:t.target.value.trim()}),i=m.some(e=>t[e]),a=i=>s(i,e.audit[i],n`<input class="field" id=${i} placeholder="user:lea" spellcheck="false" .value=${c(t[i])} @change=${r(i)} />`),o=i=>s(i,e.audit[i],n`<input class="field" id=${i} type="date" .value=${c(t[i])} @change=${r(i)} />`),l=t.action&&!this.actions.includes(t.action)?[t.action,...this.actions]:this.actions;return n`<div class="head">
<h1 tabindex="-1">${e.views.audit}</h1>
<button class="button" @click=${()=>this.#e.restart()}>${e.refresh}</button>
</div>
<p class="lead">${e.auditLead}</p>
<div class="filters">
${s(`action`,e.audit.action,n`<select class="field" id="action" @change=${r(`action`)}>
<option value="">${e.all}</option>
${l.map(e=>n`<option value=${e} .selected=${e===t.action}>${g(e)}</option>`)}
</select>`)}
${s(`outcome`,e.audit.outcome,n`<select class="field" id="outcome" @change=${r(`outcome`)}>
<option value="">${e.all}</option>
${[`done`,`refused`].map(r=>n`<option value=${r} .selected=${r===t.outcome}>${e.outcomes[r]}</option>`)}
</select>`)}
${a(`actor`)} ${a(`target`)} ${o(`since`)} ${o(`until`)}
${i?n`<button class="button" @click=${()=>this.setQuery(Object.fromEntries(m.map(e=>[e,``])))}>${e.clear}</button>`:``}
</div>
${this.#e.render(e=>this.#i(e),n`<strong>${i?e.noLinesMatch:e.noLines}</strong>`)}`}#i(t){return n`<table>
<caption class="visually-hidden">${e.views.audit}</caption>
<thead>
<tr>
<th scope="col" class="wide">${e.at}</th>
<th scope="col">${e.audit.action}</th>
<th scope="col" class="wide">${e.audit.actor}</th>
<th scope="col">${e.audit.target}</th>
</tr>
</thead>
<tbody>
${t.map(e=>this.#a(e))}
</tbody>
</table>`}#a({at:t,actor:r,actorName:i,action:a,target:o,outcome:s,rule:c,detail:d}){let f=Object.keys(d).length>0,p=l(r,i);return n`<tr>
<td class="wide">${u(t)}</td>
<td>
${g(a)} ${s===`refused`?n`<span class="pill bad">${e.outcomes.refused}</span>`:``}
${s===`refused`?n`<span class="sub">${c?e.byRule(c):e.byNoRule}</span>`:``}
<span class="sub narrow">${u(t)} · ${p}</span>
${f?n`<details><summary>${e.details}</summary><pre class="mono">${_(d)}</pre></details>`:``}
</td>
<td class="wide">${p}</td>
<td>${l(o,void 0)}</td>
</tr>`}};o([a()],h.prototype,`actions`,void 0),h=o([r(`admin-audit`)],h);function g(t){let n=e.calls,r=e.ruleActions;return n[t]??r[t]??t}function _(e){let t=e=>Array.isArray(e)?e.map(t).join(`, `):typeof e==`object`?JSON.stringify(e):String(e);return Object.entries(e).map(([e,n])=>`${e}: ${t(n)}`).join(`
`)}export{h as Audit};