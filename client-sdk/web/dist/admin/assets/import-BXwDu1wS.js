import{A as e,C as t,D as n,M as r,S as i,_ as a,a as o,h as s,j as c,k as l,m as u,n as d,r as f,t as p,w as m}from"./index-VKHV2w1J.js";import{t as h}from"./view-Dd1Rz4mO.js";var g=[`,`,`;`,`	`];function _(e){let t=t=>e.split(t).length;return g.reduce((e,n)=>t(n)>t(e)?n:e)}function v(e,t){let n=[],r=0;for(;;){if(e[r]===`"`){let i=``;for(;;){let t=e.indexOf(`"`,r+1);if(t<0)return;if(i+=e.slice(r+1,t),r=t+1,e[r]!==`"`)break;i+=`"`}n.push(i.trim()),r=e.indexOf(t,r)}else{let i=e.indexOf(t,r);n.push(e.slice(r,i<0?void 0:i).trim()),r=i}if(r<0)return n;r+=1}}function y(e,t){return e===`roles`?t.split(/\s+/):e===`deleted`&&/^(true|false)$/.test(t)?t===`true`:t}function b(e,t){let[n=``,...r]=e.replace(/^\ufeff/,``).split(`
`),i=_(n),a=v(n.trim(),i)??[],o=[];return{columns:a,rows:[``,...r.map((e,n)=>{if(!e.trim())return``;let r=v(e.replace(/\r$/,``),i);if(r?.length!==a.length)return o.push({row:n+2,cells:r?.length??0}),``;let s=a.map((e,t)=>[e,r[t]??``]).filter(([e,t])=>e&&t).map(([e,t])=>[e,y(e,t)]);return JSON.stringify({...t&&!a.includes(`type`)&&{type:t},...Object.fromEntries(s)})})].join(`
`),wrong:o}}var x=1e3;function S(e,t,n,i,a){return new Promise((o,s)=>{let l=new XMLHttpRequest,u=[],d,[f,p,m]=[0,0,0],h=()=>i({sentBytes:f,allBytes:t.size,rows:p}),g=()=>{let e=l.responseText;for(let t=e.indexOf(`
`,m);t>=0;t=e.indexOf(`
`,m)){let n=JSON.parse(e.slice(m,t));m=t+1,n.summary?d=n.summary:n.progress?p=n.progress.rows??p:u.length<1e3&&u.push(n)}};l.open(`POST`,e.address(`import`,n));for(let[t,n]of Object.entries(e.headers()))l.setRequestHeader(t,n);l.setRequestHeader(`content-type`,`application/x-ndjson`),l.upload.onprogress=e=>{f=e.loaded,h()},l.onprogress=()=>{l.status===200&&(g(),h())},l.onload=()=>{if(l.status!==200){let t=r(l.status,l.responseText);return t.status===401&&e.onKeyRefused(t),s(t)}g(),d?o({refused:u,summary:d}):s(new c(0,`unreachable`,`the answer ended before its last line`))},l.onerror=()=>s(new c(0,`unreachable`,`the connection broke`)),l.onabort=()=>s(new DOMException(`aborted`,`AbortError`)),a.addEventListener(`abort`,()=>l.abort(),{once:!0}),l.send(t)})}async function C(e,t){let n=new Map,r=Math.max(...t,0),i=e.stream().pipeThrough(new TextDecoderStream).getReader(),[a,o]=[``,0];for(;o<r;){let{value:e,done:r}=await i.read(),s=(a+(e??``)).split(`
`);a=r?``:s.pop()??``;for(let e of s)o+=1,t.has(o)&&n.set(o,e.trim());if(r)break}return await i.cancel(),n}var w=class extends EventTarget{#e;constructor(e,t){super(),this.api=e,this.order=t,this.texts=new Map,this.cancelled=!1,this.#e=new AbortController,this.progress={sentBytes:0,allBytes:t.rows.size,rows:0}}async run(){let{rows:e,source:t,wrong:n,query:r}=this.order,i=p();try{let{refused:i,summary:a}=await S(this.api,e,r,e=>{this.progress=e,this.dispatchEvent(new Event(`change`))},this.#e.signal),o=[...i,...n].sort((e,t)=>e.row-t.row);this.texts=await C(t,new Set(o.map(({row:e})=>e)));let s={rows:a.rows+n.length,refused:a.refused+n.length};this.result={refused:o,summary:{...a,...s}}}catch(e){this.cancelled=this.#e.signal.aborted,this.cancelled||(this.error=e)}i(),this.progress=void 0,this.dispatchEvent(new Event(`change`))}cancel(){this.#e.abort()}},T=[`user`,`group`,`membership`,`relation`,`edge`,`setting`],E,D=class extends h{constructor(...e){super(...e),this.rowType=`user`,this.typed=``,this.scope=``,this.limit=``,this.keep=!1,this.dragging=!1,this.#d=()=>this.requestUpdate()}static{this.styles=[...o,t` .drop{display:grid;justify-items:center;gap:8px;padding:26px 16px;border:2px dashed var(--edge);border-radius:14px;text-align:center}.drop.over{border-color:var(--accent);background:var(--accent-soft)}.options{display:grid;gap:12px;margin:16px 0}progress{width:100%;height:8px;accent-color:var(--accent)}.tally{display:flex;flex-wrap:wrap;gap:6px 18px;margin-bottom:12px}.tally b{font-variant-numeric:tabular-nums}details > summary{cursor:pointer;font-weight:550;color:var(--accent)}details textarea{width:100%;margin-top:8px}.section{margin-top:16px}`]}connectedCallback(){super.connectedCallback(),E?.api!==this.session.api&&(E=void 0),E?.addEventListener(`change`,this.#d)}disconnectedCallback(){super.disconnectedCallback(),E?.removeEventListener(`change`,this.#d)}render(){let t=this.file??(this.typed.trim()?this.typed:void 0),{progress:r,result:a,error:o}=E??{},s=r!==void 0;return i`<div class="head"><h1 tabindex="-1">${e.views.import}</h1></div>
<p class="lead">${e.importLead}</p>
<section class="card" aria-label=${e.views.import}>
<div
class="drop ${this.dragging?`over`:``}"
@dragover=${this.#s}
@dragleave=${()=>{this.dragging=!1}}
@drop=${this.#c}
>
<span>${this.file?i`<b><bdi>${this.file.name}</bdi></b> · ${m(this.file.size)}`:e.dropFile}</span>
<button class="button" ?disabled=${s} @click=${()=>this.chooser.click()}>${this.file?e.otherFile:e.chooseFile}</button>
<input type="file" hidden accept=".ndjson,.jsonl,.json,.txt,.csv,.tsv" @change=${()=>this.#i(this.chooser.files?.[0])} />
<span class="hint">${e.fileHint}</span>
</div>
<details class="section">
<summary>${e.pasteRows}</summary>
<textarea
class="field mono"
aria-label=${e.pasteRows}
spellcheck="false"
placeholder='{"type":"user","id":"lea","name":"Léa Martin"}'
.value=${this.typed}
@input=${e=>{this.typed=e.target.value,this.#a()}}
></textarea>
</details>
<div class="options">
<div class="row">
${this.table!==void 0&&!b(this.table.split(`
`,1)[0]??``,``).columns.includes(`type`)?f(`type`,e.rowsAbout,i`<select class="field" id="type" @change=${e=>{this.rowType=e.target.value,this.#a()}}>
${T.map(t=>i`<option value=${t} .selected=${t===this.rowType}>${e.rowTypes[t]}</option>`)}
</select>`):``}
${f(`scope`,e.replace,i`<select class="field" id="scope" @change=${e=>this.#o(e.target.value)}>
${Object.keys(e.scopes).map(t=>i`<option value=${t} .selected=${t===this.scope}>${e.scopes[t]}</option>`)}
</select>`)}
${this.scope?f(`limit`,e.deleteLimit,i`<input class="field" id="limit" size="8" placeholder="10%" .value=${this.limit} @change=${e=>{this.limit=e.target.value.trim(),this.#a()}} />`):``}
</div>
${this.scope?i`<p class="notice warn">${e.replaceHint}</p>`:``}
<label class="check"
><input type="checkbox" .checked=${this.keep} @change=${e=>{this.keep=e.target.checked,this.#a()}} /><span>${e.keepUndeclared}</span></label
>
</div>
<div class="row">
<button class="button ${this.#r()?``:`primary`}" ?disabled=${!t||s} @click=${()=>this.#l(!0)}>${e.tryRows}</button>
<button class="button ${this.#r()?`primary`:``}" ?disabled=${!t||s||!this.#r()} @click=${()=>this.#l(!1)}>
${e.importRows}
</button>
${s?i`<button class="button" @click=${()=>E?.cancel()}>${e.cancel}</button>`:i`<span class="hint">${e.tryHint}</span>`}
</div>
${r?this.#e(r):``}
</section>
${o?i`<p class="notice bad section" role="alert">${n(o)}</p>`:``}
${a?this.#t(a):``}`}#e({sentBytes:t,allBytes:n,rows:r}){let a=n>0&&t>=n,o=a?e.importing(r):e.sending(m(t),m(n));return i`<div class="section">
${a?i`<progress aria-label=${o}></progress>`:i`<progress aria-label=${o} max=${n} value=${t}></progress>`}
<p class="hint" role="status">${o}</p>
</div>`}#t({refused:t,summary:n}){return i`<section class="card section" id="result" tabindex="-1" aria-labelledby="outcome">
<h2 id="outcome">${n.dry_run?e.trialDone:e.importDone}</h2>
<p class="notice ${n.stopped?`bad`:n.refused?`warn`:`good`}">
${n.stopped?e.importStopped(n.stopped):n.refused?e.someRefused(n.refused):n.dry_run?e.allGood:e.allImported}
</p>
<div class="tally">
${[`rows`,`created`,`updated`,`unchanged`,`removed`,`refused`].map(t=>i`<span>${e.tally[t]} <b>${l(n[t])}</b></span>`)}
</div>
${t.length?i`<div class="table">
<table>
<caption class="visually-hidden">${e.refusedRows}</caption>
<thead>
<tr>
<th scope="col" class="number">${e.lineTitle}</th>
<th scope="col">${e.fieldTitle}</th>
<th scope="col">${e.problemTitle}</th>
</tr>
</thead>
<tbody>
${t.map(e=>i`<tr>
<td class="number">${l(e.row)}</td>
<td><code>${e.field??`–`}</code></td>
<td>${e.message}<code class="sub">${E?.texts.get(e.row)}</code></td>
</tr>`)}
</tbody>
</table>
</div>`:``}
${n.refused>t.length?i`<p class="hint">${e.onlyFirst(x)}</p>`:``}
</section>`}#n(){if(this.table===void 0)return{rows:this.file??new Blob([this.typed]),wrong:[]};let t=b(this.table,this.rowType),n=t.wrong.map(({row:n,cells:r})=>({row:n,message:e.wrongCells(r,t.columns.length)}));return{rows:new Blob([t.rows]),wrong:n}}#r(){let e=E?.result?.summary;return e?.dry_run===!0&&!e.stopped}async#i(e){e&&(this.file=e,this.table=void 0,this.#a(),/\.[ct]sv$/i.test(e.name)&&(this.table=await e.text()))}#a(){E?.progress===void 0&&this.#u(void 0)}#o(e){this.scope=e,this.#a()}#s(e){e.preventDefault(),this.dragging=!0}#c(e){e.preventDefault(),this.dragging=!1,this.#i(e.dataTransfer?.files[0])}async#l(t){let{rows:n,wrong:r}=this.#n(),i={dry_run:String(t),replace:this.scope,delete_limit:this.scope?this.limit:``,undeclared:this.keep?`keep`:``},a=new w(this.session.api,{rows:n,source:this.file??n,wrong:r,query:i});this.#u(a),await a.run(),a.cancelled&&!t&&this.notify(e.importCancelled),await this.updateComplete,this.outcome?.focus()}#u(e){E?.removeEventListener(`change`,this.#d),E=e,e?.addEventListener(`change`,this.#d),this.requestUpdate()}#d};d([s()],D.prototype,`file`,void 0),d([s()],D.prototype,`table`,void 0),d([s()],D.prototype,`rowType`,void 0),d([s()],D.prototype,`typed`,void 0),d([s()],D.prototype,`scope`,void 0),d([s()],D.prototype,`limit`,void 0),d([s()],D.prototype,`keep`,void 0),d([s()],D.prototype,`dragging`,void 0),d([u(`input[type="file"]`)],D.prototype,`chooser`,void 0),d([u(`#result`)],D.prototype,`outcome`,void 0),D=d([a(`admin-import`)],D);export{D as Import};