import{A as e,C as t,S as n,_ as r,a as i,i as a,n as o}from"./index-VKHV2w1J.js";import"./form-A3XYCM_-.js";import{t as s}from"./loader-BN1fVlyR.js";import"./memberships-DVYFNJ39.js";import{t as c}from"./view-Dd1Rz4mO.js";var l=class extends c{#e=new s(this);#t=``;static{this.styles=[...i,t` .back{display:inline-block;margin-bottom:10px}.section{margin-top:16px}`]}willUpdate(){this.route.id!==this.#t&&(this.#t=this.route.id,this.#r(!0))}render(){let t=this.#e.value?.name||this.#t;return n`<a class="back" href=${a(`groups`)}>${e.backToGroups}</a>
<div class="head">
<div><h1 tabindex="-1"><bdi>${t}</bdi></h1><span class="mono hint">${this.#t}</span></div>
${this.session.may(`audit`)?n`<a class="button" href=${a(`audit`,``,{target:`group:${this.#t}`})}>${e.auditGroup}</a>`:``}
</div>
${this.#e.render(e=>this.#n(e))}`}#n(t){let{fields:r}=e,i=this.session.may(`edit`),a=[{name:`name`,label:r.name},{name:`kind`,label:r.kind,hint:e.kindHint},{name:`parent`,label:r.parent,hint:e.parentHint,mono:!0},{name:`state`,label:r.state,hint:e.groupStateHint,options:[`active`,`concluded`,`archived`].map(t=>[t,e.groupStates[t]])},{name:`delivers`,label:r.delivers,options:[`both`,`people`,`group`,`none`].map(t=>[t,e.delivers[t]])}];return n`<section class="card section" aria-labelledby="profile">
<h2 id="profile">${e.groupProfile}</h2>
${i?n`<admin-form
.fields=${a}
.values=${{...t,kind:t.kind??``}}
.action=${e.save}
.send=${this.#i}
></admin-form>`:n`<dl>
<dt>${r.kind}</dt><dd>${t.kind??`–`}</dd>
<dt>${r.parent}</dt><dd>${t.parent||`–`}</dd>
<dt>${r.state}</dt><dd>${e.groupStates[t.state]}</dd>
<dt>${r.delivers}</dt><dd>${e.delivers[t.delivers]}</dd>
</dl>`}
</section>
<admin-memberships class="section" .session=${this.session} .of=${`group`} .subject=${t.id}></admin-memberships>`}#r(e=!1){return this.#e.load(e=>this.session.api.get(`rows/groups/${encodeURIComponent(this.#t)}`,{},e),e)}#i=async t=>{await this.session.api.import([{type:`group`,id:this.#t,...t}]),await this.#r(),this.notify(e.saved)}};l=o([r(`admin-group`)],l);export{l as Group};