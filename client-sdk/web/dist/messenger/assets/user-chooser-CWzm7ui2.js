import{$ as e,at as t,ft as n,gt as r,k as i,lt as a,n as o,nt as s,pt as c,r as l,rt as u,st as d,t as f,tt as p,ut as m}from"./index-BYLA7pff.js";function h(e){return e?.[r.locale]??e?.en??``}var g=class extends m{constructor(...e){super(...e),this.problem=`none`,this.#r=async()=>{this.problem=`none`;try{this.tenants=await l()}catch(e){this.problem=e instanceof f&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[s,e,p,u,c` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{padding:8px;--avatar-size:40px}.user{gap:14px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}.pages{padding:4px 20px 16px;font-size:0.875rem}.pages li{padding:3px 0}.pages a{color:var(--accent)}.details > *{display:block;line-height:1.35}.name{overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#r()}render(){return this.problem===`no-demo`?n`<main class="empty"><span class="badge">${i}</span>
<h2>${r.noDemo}</h2><p>${r.noDemoHint}</p></main>`:this.problem===`failed`?n`<main class="empty" role="alert"><h2>${r.loadFailed}</h2>
<button class="button" @click=${this.#r}>${r.tryAgain}</button></main>`:n`<main class=${(this.tenants?.length??0)>1?`several`:``}>
<div class="logo">${i}</div>
<h1>${r.demoChooseUser}</h1>
<p class="muted">${r.demoChooseUserHint}</p>
${this.tenants?n`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:n`<div role="status"><span class="spinner"></span><span class="visually-hidden">${r.loading}</span></div>`}
</main>`}#e({slug:e,name:t,about:r,people:i,pages:a}){return n`<section aria-labelledby=${e}>
<header>
<h2 id=${e}>${h(t)}</h2>
<p class="muted">${h(r)}</p>
</header>
<ul>
${i.map(t=>n`<li>${this.#n(e,t)}</li>`)}
</ul>
<ul class="pages">
${a.map(({path:e,title:t})=>n`<li><a href=${this.#t(e)} target="_blank" rel="noopener">${h(t)}</a></li>`)}
</ul>
</section>`}#t(e){let t=new URL(e,document.baseURI);return t.searchParams.set(`lang`,r.locale),t.href}#n(e,{externalId:t,name:r,about:i}){return n`<a class="user" href=${o({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
<causerie-avatar .name=${r} .key=${t}></causerie-avatar>
<span class="details">
<span class="name">${r}</span>
${h(i)?n`<span class="about muted">${h(i)}</span>`:``}
</span>
</a>`}#r};t([d()],g.prototype,`tenants`,void 0),t([d()],g.prototype,`problem`,void 0),g=t([a(`causerie-user-chooser`)],g);export{g as UserChooser};