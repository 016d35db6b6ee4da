import{A as e,C as t,D as n,O as r,S as i,_ as a,a as o,c as s,g as c,h as l,i as u,j as d,k as f,m as p,n as m,o as h,s as g,y as _}from"./index-VKHV2w1J.js";import{t as v}from"./live-C55_7712.js";import{t as y}from"./loader-BN1fVlyR.js";import{t as b}from"./view-Dd1Rz4mO.js";import{n as x}from"./labels-CLJaZTLh.js";var S=class extends _{constructor(...e){super(...e),this.label=``,this.text=``,this.readonly=!1,this.marked=new Set}static{this.styles=[...o,t` .editor{display:grid;grid-template-columns:auto 1fr;height:var(--editor-height,min(62vh,640px));min-height:220px;border:1px solid var(--edge);border-radius:12px;background:var(--background);overflow:hidden;font-family:ui-monospace,"SF Mono","Cascadia Mono",Menlo,Consolas,monospace;font-size:0.8438rem;line-height:1.6}.editor:focus-within{outline:2px solid var(--accent);outline-offset:1px}.numbers{overflow:hidden;padding:12px 0;min-width:46px;text-align:end;color:var(--muted);background:var(--surface);border-inline-end:1px solid var(--border);user-select:none}.numbers span{display:block;padding:0 10px 0 6px}.numbers .marked{background:var(--danger-soft);color:var(--danger);font-weight:700;box-shadow:inset 3px 0 0 var(--danger)}textarea{padding:12px;border:0;resize:none;background:none;font:inherit;line-height:inherit;color:inherit;white-space:pre;tab-size:4}textarea:focus{outline:none}`]}render(){let e=this.text.split(`
`).length;return i`<div class="editor">
<div class="numbers" aria-hidden="true">
${Array.from({length:e},(e,t)=>i`<span class=${this.marked.has(t+1)?`marked`:``}>${t+1}</span>`)}
</div>
<textarea
aria-label=${this.label}
aria-invalid=${this.marked.size>0}
spellcheck="false"
autocapitalize="off"
autocomplete="off"
wrap="off"
?readonly=${this.readonly}
.value=${v(this.text)}
@input=${this.#e}
@scroll=${this.#t}
></textarea>
</div>`}goTo(e){let t=this.text.split(`
`).slice(0,e-1).reduce((e,t)=>e+t.length+1,0),n=this.text.split(`
`)[e-1]?.length??0;this.area.focus(),this.area.setSelectionRange(t,t+n);let r=this.area.scrollHeight/Math.max(this.text.split(`
`).length,1);this.area.scrollTop=Math.max((e-4)*r,0)}#e(){this.text=this.area.value,this.dispatchEvent(new CustomEvent(`admin-edit`,{detail:this.text}))}#t(){this.numbers.scrollTop=this.area.scrollTop}};m([c()],S.prototype,`label`,void 0),m([c()],S.prototype,`text`,void 0),m([c({type:Boolean})],S.prototype,`readonly`,void 0),m([c({attribute:!1})],S.prototype,`marked`,void 0),m([p(`textarea`)],S.prototype,`area`,void 0),m([p(`.numbers`)],S.prototype,`numbers`,void 0),S=m([a(`admin-editor`)],S);function C(t,n){return i`<ul class="lines">
${t.map(({line:t,message:r})=>i`<li><button @click=${()=>n(t)}>${e.line(t)}</button><span>${r}</span></li>`)}
</ul>`}var w=5,T=class extends _{static{this.styles=[...o,t` details{border:1px solid var(--border);border-radius:12px;background:var(--background);margin-top:10px}summary{display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center;padding:11px 14px;cursor:pointer;list-style:none}summary::-webkit-details-marker{display:none}summary::before{content:"›";font-weight:700;color:var(--muted)}details[open] summary::before{transform:rotate(90deg)}summary strong{flex:1 1 200px;font-weight:600}.situation{padding:10px 14px 12px 34px;border-top:1px solid var(--border)}.situation p{margin-bottom:4px}.gain{color:var(--on-good-soft);font-weight:600}.loss{color:var(--danger);font-weight:600}.examples{font-size:0.875rem;overflow-wrap:anywhere}.examples li{padding:1px 0}`]}render(){let{users:t,compared:n,actions:r,warnings:a,frozen:o,thawed:s,hidden:c,shown:l,conversationsLeftOut:u}=this.comparison,d=r.filter(({situations:e})=>e.length>0),f=[[e.frozen,o],[e.hidden,c],[e.thawed,s],[e.shown,l]].filter(([,{count:e}])=>e>0);return!d.length&&!f.length?i`<p class="notice">${e.changesNothing}</p>`:i`
${n<t?i`<p class="notice warn">${e.sampled(n,t)}</p>`:``}
${a.map(e=>i`<p class="notice warn">${e}</p>`)}
${d.map(e=>this.#e(e))}
${f.map(([t,{count:n,examples:r}])=>i`<details>
<summary><strong>${t}</strong><span>${e.conversationCount(n)}</span></summary>
<div class="situation">${this.#n(r,n)}</div>
</details>`)}
${u?i`<p class="notice warn">${e.conversationsLeftOut}</p>`:``}
`}#e({action:t,title:n,situations:r}){let a=e=>r.filter(t=>t.counts===e&&!t.supposed),o=(e,t)=>a(e).reduce((e,n)=>e+t(n),0),s=[`pairs`,`users`].filter(e=>a(e).length);return i`<details ?open=${r.length<3}>
<summary>
<strong>${n} <code>${t}</code></strong>
${s.map(e=>this.#t(o(e,({gained:e})=>e),o(e,({lost:e})=>e),e))}
</summary>
${r.map(t=>i`<div class="situation">
<p>
${t.title} ${t.supposed?i`<span class="hint">${e.supposed}</span>`:``}
${this.#t(t.gained,t.lost,t.counts)}
<span class="hint">${e.allowedBefore(t.before)}</span>
</p>
${t.gained?i`<p class="hint">${e.gainExamples}</p>${this.#n(t.gainedExamples,t.gained)}`:``}
${t.lost?i`<p class="hint">${e.lossExamples}</p>${this.#n(t.lostExamples,t.lost)}`:``}
</div>`)}
</details>`}#t(t,n,r){return i`<span>
${t?i`<span class="gain">${e.gains(t,r)}</span>`:``}${t&&n?`, `:``}${n?i`<span class="loss">${e.loses(n,r)}</span>`:``}
</span>`}#n(t,n){let r=t.slice(0,w);return i`<ul class="examples">
${r.map(({from:e,to:t,fromId:n,toId:r})=>i`<li>${E(e,n)}${t?i` → ${E(t,r)}`:``}</li>`)}
${n>r.length?i`<li class="hint">${e.more(f(n-r.length))}</li>`:``}
</ul>`}};m([c({attribute:!1})],T.prototype,`comparison`,void 0),T=m([a(`admin-difference`)],T);function E(e,t){let n=t.replace(/^group:/,``);return i`<bdi title=${n}>${e||n}</bdi>${e&&e!==n?i` <span class="hint mono">${n}</span>`:``}`}var D=class extends b{constructor(...e){super(...e),this.busy=!1,this.overtaken=!1,this.#e=new y(this)}#e;static{this.styles=[...o,t` .card{margin-bottom:14px}.foot{margin-top:14px}`]}willUpdate(e){if(!e.has(`candidate`))return;let{text:t}=this.candidate;this.#e.load(e=>this.session.api.send(`POST`,`policy/diff`,{text:t},e),!0)}firstUpdated(){this.section.focus()}render(){let t=this.error instanceof d&&this.error.field===`acceptUnusedWords`;return i`<section class="card" tabindex="-1" aria-labelledby="change">
<h2 id="change">${this.candidate.restores===void 0?e.whatChanges:e.whatChangesBack(this.candidate.restores)}</h2>
${this.#e.render(e=>i`<admin-difference .comparison=${e}></admin-difference>`)}
${this.overtaken?i`<p class="notice warn" role="alert">${e.overtaken}</p>`:``}
${this.error?i`<p class="notice bad foot" role="alert">${t?this.error.detail:n(this.error)}</p>`:``}
<div class="row foot">
<button class="button primary" ?disabled=${this.busy||this.#e.loading} @click=${()=>this.#t(t)}>
${t?e.applyUnused:this.overtaken?e.applyAnyway:e.apply}
</button>
<button class="button" @click=${()=>this.dispatchEvent(new CustomEvent(`admin-policy-closed`))}>${e.cancel}</button>
<span class="hint">${e.applyHint}</span>
</div>
</section>`}async#t(e){let{text:t,version:n,restores:r}=this.candidate;this.busy=!0;try{(await this.session.api.get(`policy`)).version!==n&&!this.overtaken?this.overtaken=!0:(r===void 0?await this.session.api.send(`PUT`,`policy`,{text:t,acceptUnusedWords:e}):await this.session.api.send(`POST`,`policy/rollback`,{to:r,acceptUnusedWords:e}),this.dispatchEvent(new CustomEvent(`admin-policy-set`))),this.error=void 0}catch(e){this.error=e}this.busy=!1}};m([c({attribute:!1})],D.prototype,`candidate`,void 0),m([l()],D.prototype,`error`,void 0),m([l()],D.prototype,`busy`,void 0),m([l()],D.prototype,`overtaken`,void 0),m([p(`section`)],D.prototype,`section`,void 0),D=m([a(`admin-policy-change`)],D);var O=class extends b{#e=new y(this);#t=new y(this);static{this.styles=[...o,t` .shown{margin:16px 0}.shown h2{margin-bottom:8px}admin-editor{--editor-height:380px}`]}connectedCallback(){super.connectedCallback(),this.#r()}render(){return i`
${this.candidate?i`<admin-policy-change
.session=${this.session}
.candidate=${this.candidate}
@admin-policy-set=${this.#s}
@admin-policy-closed=${()=>{this.candidate=void 0}}
></admin-policy-change>`:``}
<div class="table">${this.#e.render(e=>this.#n(e))}</div>
${this.shows===void 0?``:i`<section class="shown" aria-labelledby="shown">
<h2 id="shown">${e.version(this.shows)}</h2>
${this.#t.render(({text:t})=>i`<admin-editor readonly .label=${e.version(this.shows??0)} .text=${t}></admin-editor>`)}
</section>`}
`}#n(t){return i`<table>
<thead>
<tr>
<th scope="col">${e.versionTitle}</th>
<th scope="col" class="wide">${e.at}</th>
<th scope="col" class="wide">${e.by}</th>
<th scope="col"><span class="visually-hidden">${e.actions}</span></th>
</tr>
</thead>
<tbody>
${t.map((n,r)=>i`<tr>
<td>
${e.version(n.version)} ${r===0?i`<span class="pill good">${e.current}</span>`:``}
<span class="sub"><bdi>${n.name}</bdi>${n.restores===void 0?``:i` · ${e.restores(n.restores)}`}</span>
</td>
<td class="wide">${x(n.createdAt)}</td>
<td class="wide"><bdi>${n.createdByName??n.createdBy}</bdi></td>
<td class="actions">
<button class="button small" aria-label="${e.show}: ${e.version(n.version)}" @click=${()=>this.#a(n.version)}>${e.show}</button>
${r>0&&this.session.may(`setRules`)?i`<button class="button small" aria-label="${e.goBack}: ${e.version(n.version)}" @click=${()=>this.#o(n.version,t[0]?.version??0)}>
${e.goBack}
</button>`:``}
</td>
</tr>`)}
</tbody>
</table>`}#r(){this.#e.load(async e=>{let{policies:t}=await this.session.api.get(`policy/history`,{},e);return t})}#i(e,t){return this.session.api.get(`policy`,{version:e},t)}#a(e){this.shows=e,this.#t.load(t=>this.#i(e,t),!0)}async#o(e,t){try{let{text:n}=await this.#i(e);this.candidate={text:n,version:t,restores:e}}catch(e){this.fail(e)}}#s(){this.candidate=void 0,this.#r(),this.dispatchEvent(new CustomEvent(`admin-policy-set`))}};m([l()],O.prototype,`candidate`,void 0),m([l()],O.prototype,`shows`,void 0),O=m([a(`admin-policy-history`)],O);var k=400,A=class extends b{constructor(...e){super(...e),this.draft=h(),this.busy=!1,this.#e=new y(this),this.#t=new y(this),this.#n=0,this.#i=0}#e;#t;#n;#r;#i;static{this.styles=[...o,t` .bar{display:flex;flex-wrap:wrap;align-items:center;gap:8px 12px;margin-bottom:10px}.bar .state{flex:1 1 200px;color:var(--muted);font-size:0.875rem}.below{margin-top:12px}.below .notice{margin-bottom:8px}`]}connectedCallback(){super.connectedCallback(),this.#l(),this.#t.load(async e=>{let{presets:t}=await this.session.api.get(`policy/presets`,{},e);return t})}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#r?.abort()}updated(){let e=Number(this.route.query.get(`line`));e&&e!==this.#i&&this.draft&&this.editor&&(this.#i=e,this.editor.updateComplete.then(()=>this.editor.goTo(e)))}render(){let t=this.route.id,n=[[``,e.rulesTab],[`cases`,e.casesTab],[`history`,e.historyTab]];return i`<div class="head"><h1 tabindex="-1">${e.views.rules}</h1></div>
<p class="lead">${e.rulesLead}</p>
<nav class="tabs" aria-label=${e.views.rules}>
${n.map(([e,n])=>i`<a href=${u(`rules`,e)} aria-current=${e===t?`page`:`false`}>${n}</a>`)}
</nav>
${t===`history`?i`<admin-policy-history .session=${this.session} @admin-policy-set=${this.#y}></admin-policy-history>`:this.draft?t===`cases`?this.#c(this.draft):this.#a(this.draft):this.#e.render(()=>``)}`}#a(t){let n=this.session.may(`setRules`),r=t.text!==t.stored,a=new Set(this.checked?.problems.map(({line:e})=>e)),o=this.#e.value;return i`
<div class="bar">
<span class="state">
${o?e.inForce(o.name,o.version):``} ${r?i`<span class="pill warn">${e.changedText}</span>`:``}
</span>
${n?this.#s():``}
${r?i`<button class="button" @click=${this.#h}>${e.discard}</button>`:``}
${n?i`<button class="button primary" ?disabled=${!r||this.checked?.valid!==!0} @click=${this.#m}>${e.compare}</button>`:``}
</div>
${this.candidate?i`<admin-policy-change
.session=${this.session}
.candidate=${this.candidate}
@admin-policy-set=${this.#y}
@admin-policy-closed=${()=>{this.candidate=void 0}}
></admin-policy-change>`:``}
<admin-editor
.label=${e.rulesText}
.text=${t.text}
.marked=${a}
?readonly=${!n||this.candidate!==void 0}
@admin-edit=${e=>this.#d({...t,text:e.detail})}
></admin-editor>
<div class="below" aria-live="polite">${this.#o()}</div>
`}#o(){if(this.problem)return i`<p class="notice bad">${n(this.problem)}</p>`;if(!this.checked)return i`<p class="hint">${e.checking}</p>`;let{valid:t,problems:a,rules:o=0,neverAllowed:s=[],warnings:c=[]}=this.checked,l=e=>this.editor.goTo(e);return t?i`<p class="notice good">${e.validRules(o)}</p>
${s.length?i`<p class="hint">${e.neverAllowed(r(s))}</p>`:``}
${c.length?i`<p class="notice warn">${e.warnings(c.length)}</p>${C(c,l)}`:``}`:i`<p class="notice bad">${e.problems(a.length)}</p>${C(a,l)}`}#s(){let t=this.#t.value??[];return i`<select class="field" aria-label=${e.startFrom} @change=${this.#_}>
<option value="">${e.startFrom}</option>
${t.map(({name:e})=>i`<option value=${e}>${e}</option>`)}
</select>`}#c(t){let r=[...this.tested?.failures??[],...this.tested?.problems??[]];return i`
<div class="bar">
<span class="state">${e.casesHint}</span>
<select class="field" aria-label=${e.casesOf} @change=${this.#v}>
<option value="">${e.casesOf}</option>
${(this.#t.value??[]).map(({name:e})=>i`<option value=${e}>${e}</option>`)}
</select>
<button class="button primary" ?disabled=${this.busy||!t.cases.trim()} @click=${this.#p}>${e.runCases}</button>
</div>
<admin-editor
.label=${e.casesTab}
.text=${t.cases}
.marked=${new Set(r.map(({line:e})=>e))}
@admin-edit=${e=>{this.tested=void 0,this.#u({...t,cases:e.detail})}}
></admin-editor>
<div class="below" aria-live="polite">
${this.problem?i`<p class="notice bad">${n(this.problem)}</p>`:``}
${this.tested?i`<p class="notice ${r.length?`bad`:`good`}">
${this.tested.problems.length?e.problems(r.length):e.casesRun(this.tested.cases,this.tested.failures.length)}
</p>
${C(r,e=>this.editor.goTo(e))}`:``}
</div>
`}async#l(){await this.#e.load(e=>this.session.api.get(`policy`,{},e));let{value:e}=this.#e;e&&(g()||this.#u({version:e.version,stored:e.text,text:e.text,cases:this.draft?.cases??``}),await this.#f())}#u(e){this.draft=e,s(e)}#d(e){this.#u(e),this.tested=void 0,clearTimeout(this.#n),this.#n=window.setTimeout(()=>void this.#f(),k),this.checked?.valid&&(this.checked=void 0)}async#f(){this.#r?.abort();let{signal:e}=this.#r=new AbortController;try{this.checked=await this.session.api.send(`POST`,`policy/check`,{text:this.draft?.text??``},e),this.problem=void 0}catch(t){e.aborted||(this.problem=t)}}async#p(){let{text:e=``,cases:t=``}=this.draft??{};this.busy=!0,this.problem=void 0;try{this.tested=await this.session.api.send(`POST`,`policy/test`,{text:e,cases:t})}catch(e){this.tested=void 0,this.problem=e}this.busy=!1}#m(){let{text:e=``,version:t=0}=this.draft??{};this.candidate={text:e,version:t}}#h(){this.draft&&(this.candidate=void 0,this.#d({...this.draft,text:this.draft.stored}))}#g(e){let t=e.target,n=this.#t.value?.find(({name:e})=>e===t.value);return t.value=``,n}#_(e){let t=this.#g(e);t&&this.draft&&this.#d({...this.draft,text:t.text,cases:this.draft.cases||t.cases})}#v(e){let t=this.#g(e);this.tested=void 0,t&&this.draft&&this.#u({...this.draft,cases:t.cases})}async#y(){this.candidate=void 0,this.notify(e.rulesSet),this.draft&&this.#u({...this.draft,text:this.draft.stored}),await this.#l()}};m([l()],A.prototype,`draft`,void 0),m([l()],A.prototype,`checked`,void 0),m([l()],A.prototype,`tested`,void 0),m([l()],A.prototype,`problem`,void 0),m([l()],A.prototype,`busy`,void 0),m([l()],A.prototype,`candidate`,void 0),m([p(`admin-editor`)],A.prototype,`editor`,void 0),A=m([a(`admin-rules`)],A);export{A as Rules};