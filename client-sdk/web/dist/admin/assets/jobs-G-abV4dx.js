import{A as e,S as t,_ as n,i as r,k as i,m as a,n as o}from"./index-VKHV2w1J.js";import"./dialog-Bzc5VUn_.js";import{n as s}from"./labels-CLJaZTLh.js";import{n as c}from"./loader-BN1fVlyR.js";import{t as l}from"./refresher-C1kpRBnA.js";import{t as u}from"./view-Dd1Rz4mO.js";var d=25,f=5e3,p=[``,`waiting`,`running`,`dead`,`done`],m={waiting:``,running:`warn`,done:`good`,dead:`bad`},h=class extends u{constructor(...e){super(...e),this.#e=new c(this,async(e,t)=>{let n={state:this.#t,cursor:e,limit:d},{jobs:r,nextCursor:i}=await this.session.api.get(`jobs`,n,t);return{items:r,next:i}}),this.refresher=new l(this,f,()=>this.#e.reload())}#e;#t;willUpdate(){let e=this.route.query.get(`state`)??``;e!==this.#t&&(this.#t=e,this.#e.restart())}render(){let n=this.#t??``;return t`<div class="head"><h1 tabindex="-1">${e.views.jobs}</h1></div>
<p class="lead">${e.jobsLead}</p>
<nav class="tabs" aria-label=${e.jobState}>
${p.map(i=>t`<a href=${r(`jobs`,``,{state:i})} aria-current=${i===n?`page`:`false`}>${e.jobStates[i]}</a>`)}
</nav>
${this.#e.render(e=>this.#n(e),t`<strong>${n===`dead`?e.noDeadJobs:e.noJobs}</strong>`)}
<admin-dialog></admin-dialog>`}#n(n){let r=this.session.may(`manageJobs`);return t`<table>
<caption class="visually-hidden">${e.views.jobs}</caption>
<thead>
<tr>
<th scope="col">${e.job}</th>
<th scope="col">${e.jobState}</th>
<th scope="col" class="wide number">${e.attempts}</th>
<th scope="col" class="wide">${e.at}</th>
${r?t`<th scope="col"><span class="visually-hidden">${e.actions}</span></th>`:``}
</tr>
</thead>
<tbody>
${n.map(n=>t`<tr>
<td>
${g(n)}<span class="sub mono">${n.id}</span>
${n.lastError?t`<span class="sub wrong" lang="en">${n.lastError}</span>`:``}
</td>
<td><span class="pill ${m[n.state]}">${e.jobStates[n.state]}</span></td>
<td class="wide number">${i(n.attempts)}</td>
<td class="wide">
${s(n.createdAt)}
${n.dueAt?t`<span class="sub">${e.due} ${s(n.dueAt)}</span>`:``}
${n.finishedAt?t`<span class="sub">${e.finished} ${s(n.finishedAt)}</span>`:``}
</td>
${r?t`<td class="actions">${this.#r(n)}</td>`:``}
</tr>`)}
</tbody>
</table>`}#r(n){let r=n.state===`dead`||n.state===`waiting`;return t`
${r?t`<button class="button small" aria-label="${e.retry}: ${g(n)} ${n.id}" @click=${()=>this.#i(n)}>${e.retry}</button>`:``}
${n.state===`running`?``:t`<button class="button small quiet-danger" aria-label="${e.delete}: ${g(n)} ${n.id}" @click=${()=>this.#a(n)}>${e.delete}</button>`}
`}#i(t){return this.#o(()=>this.session.api.send(`POST`,`jobs/${t.id}/retry`),e.retried)}async#a(t){let n={heading:e.deleteJob(g(t)),text:e.deleteJobText,action:e.delete};await this.dialog.ask(n)&&await this.#o(()=>this.session.api.send(`DELETE`,`jobs/${t.id}`),e.removed)}async#o(e,t){try{await e(),this.notify(t)}catch(e){this.fail(e)}this.#e.reload()}};o([a(`admin-dialog`)],h.prototype,`dialog`,void 0),h=o([n(`admin-jobs`)],h);function g({kind:t}){return e.jobKinds[t]??t}export{h as Jobs};