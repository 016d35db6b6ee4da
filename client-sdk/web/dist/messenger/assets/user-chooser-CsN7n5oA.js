import{$ as e,B as t,D as n,H as r,K as i,L as a,W as o,X as s,Y as c,n as l,q as u,r as d,t as f,z as p}from"./index-aE7f8jQ0.js";import{n as m}from"./rows-9IDOfwMn.js";function h(t){return t?.[e.locale]??t?.en??``}var g=class extends u{constructor(...e){super(...e),this.problem=`none`,this.#r=async()=>{this.problem=`none`;try{this.tenants=await d()}catch(e){this.problem=e instanceof f&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[t,a,p,m,s` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{padding:8px;--avatar-size:40px}.user{gap:14px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}.pages{padding:4px 20px 16px;font-size:0.875rem}.pages li{padding:3px 0}.pages a{color:var(--accent)}.details > *{display:block;line-height:1.35}.name{overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#r()}render(){return this.problem===`no-demo`?c`<main class="empty"><span class="badge">${n}</span>
<h2>${e.noDemo}</h2><p>${e.noDemoHint}</p></main>`:this.problem===`failed`?c`<main class="empty" role="alert"><h2>${e.loadFailed}</h2>
<button class="button" @click=${this.#r}>${e.tryAgain}</button></main>`:c`<main class=${(this.tenants?.length??0)>1?`several`:``}>
<div class="logo">${n}</div>
<h1>${e.demoChooseUser}</h1>
<p class="muted">${e.demoChooseUserHint}</p>
${this.tenants?c`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:c`<div role="status"><span class="spinner"></span><span class="visually-hidden">${e.loading}</span></div>`}
</main>`}#e({slug:e,name:t,about:n,people:r,pages:i}){return c`<section aria-labelledby=${e}>
<header>
<h2 id=${e}>${h(t)}</h2>
<p class="muted"><bdi>${h(n)}</bdi></p>
</header>
<ul>
${r.map(t=>c`<li>${this.#n(e,t)}</li>`)}
</ul>
<ul class="pages">
${i.map(({path:e,title:t})=>c`<li><a href=${this.#t(e)} target="_blank" rel="noopener">${h(t)}</a></li>`)}
</ul>
</section>`}#t(t){let n=new URL(t,document.baseURI);return n.searchParams.set(`lang`,e.locale),n.href}#n(e,{externalId:t,name:n,about:r}){return c`<a class="user" href=${l({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
<causerie-avatar .name=${n} .key=${t}></causerie-avatar>
<span class="details">
<span class="name"><bdi>${n}</bdi></span>
${h(r)?c`<span class="about muted"><bdi>${h(r)}</bdi></span>`:``}
</span>
</a>`}#r};r([o()],g.prototype,`tenants`,void 0),r([o()],g.prototype,`problem`,void 0),g=r([i(`causerie-user-chooser`)],g);export{g as UserChooser};