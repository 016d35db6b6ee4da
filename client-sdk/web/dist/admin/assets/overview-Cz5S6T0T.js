import{A as e,C as t,S as n,T as r,_ as i,a,i as o,k as s,n as c,w as l}from"./index-VKHV2w1J.js";import{t as u}from"./loader-BN1fVlyR.js";import{t as d}from"./refresher-C1kpRBnA.js";import{t as f}from"./view-Dd1Rz4mO.js";var p=1e4,m=12096e5,h=class extends f{constructor(...e){super(...e),this.#e=new u(this),this.refresher=new d(this,p,()=>this.#r())}#e;static{this.styles=[...a,t` .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,150px),1fr));gap:12px;margin-bottom:16px}.tile{display:block;padding:14px 16px;border:1px solid var(--border);border-radius:14px;background:var(--background);color:inherit;text-decoration:none}a.tile:hover{background:var(--hover)}.tile b{display:block;font-size:1.625rem;font-weight:700;letter-spacing:-0.02em;line-height:1.25;font-variant-numeric:tabular-nums}.tile.bad b{color:var(--danger)}.tile span{color:var(--muted);font-size:0.875rem}.card td{padding:8px 0}.card tbody tr:first-child{border-top:0}.card tbody tr:hover{background:none}`]}connectedCallback(){super.connectedCallback(),this.#r()}render(){let{expiresAt:t}=this.session.own.key,i=t&&Date.parse(t)-Date.now()<m;return n`<div class="head"><h1 tabindex="-1">${e.views.overview}</h1></div>
<p class="lead">${e.overviewLead}</p>
${i?n`<p class="notice warn">${e.keyExpires(r(t))}</p>`:``}
${this.#e.render(e=>this.#t(e))}`}#t({users:t,groups:r,online:i,jobs:a,limits:c}){let u=this.session.may(`users`)?o(`users`):void 0;return n`
<div class="tiles">
${this.#n(e.usersOnline(i.users),i.users,e.onlineHint(i.connections))}
${this.#n(e.usersActive(t.active),t.active,``,u)}
${this.#n(e.groupCount(r),r,``,this.session.may(`groups`)?o(`groups`):void 0)}
${this.#n(e.jobsDead(a.dead),a.dead,e.jobsOpen(a.waiting+a.running),o(`jobs`,``,{state:a.dead?`dead`:``}),a.dead>0)}
</div>
<section class="card" aria-labelledby="by-status">
<h2 id="by-status">${e.usersByStatus}</h2>
<table>
<tbody>
${[`active`,`invited`,`deactivated`,`removed`].map(r=>n`<tr><td>${e.statuses[r]}</td><td class="number">${s(t[r])}</td></tr>`)}
</tbody>
</table>
</section>
<section class="card" aria-labelledby="limits">
<h2 id="limits">${e.limitsTitle}</h2>
<p class="hint">${e.limitsHint}</p>
<table>
<tbody>
${Object.keys(e.limits).map(t=>n`<tr>
<td>${e.limits[t]}</td>
<td class="number">${t.endsWith(`BytesMax`)?l(c[t]):s(c[t])}</td>
</tr>`)}
</tbody>
</table>
</section>
`}#n(e,t,r,i,a=!1){let o=n`<b>${s(t)}</b>${e}${r?n`<br /><span>${r}</span>`:``}`,c=`tile ${a?`bad`:``}`;return i?n`<a class=${c} href=${i}>${o}</a>`:n`<div class=${c}>${o}</div>`}#r(){return this.#e.load(e=>this.session.api.get(`figures`,{},e))}};h=c([i(`admin-overview`)],h);export{h as Overview};