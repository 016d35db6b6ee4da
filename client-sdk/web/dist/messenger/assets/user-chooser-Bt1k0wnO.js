import{E as e,G as t,I as n,J as r,K as i,Q as a,R as o,U as s,V as c,Y as l,n as u,r as d,t as f,z as p}from"./index-DnB8i7x1.js";import{n as m}from"./row-styles-D_jo4lPF.js";function h(e){return e?.[a.locale]??e?.en??``}var g=class extends i{constructor(...e){super(...e),this.problem=`none`,this.#r=async()=>{this.problem=`none`;try{this.tenants=await d()}catch(e){this.problem=e instanceof f&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[p,n,o,m,l` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{padding:8px;--avatar-size:40px}.user{gap:14px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}.pages{padding:4px 20px 16px;font-size:0.875rem}.pages li{padding:3px 0}.pages a{color:var(--accent)}.details > *{display:block;line-height:1.35}.name{overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#r()}render(){return this.problem===`no-demo`?r`<main class="empty"><span class="badge">${e}</span>
<h2>${a.noDemo}</h2><p>${a.noDemoHint}</p></main>`:this.problem===`failed`?r`<main class="empty" role="alert"><h2>${a.loadFailed}</h2>
<button class="button" @click=${this.#r}>${a.tryAgain}</button></main>`:r`<main class=${(this.tenants?.length??0)>1?`several`:``}>
<div class="logo">${e}</div>
<h1>${a.demoChooseUser}</h1>
<p class="muted">${a.demoChooseUserHint}</p>
${this.tenants?r`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:r`<div role="status"><span class="spinner"></span><span class="visually-hidden">${a.loading}</span></div>`}
</main>`}#e({slug:e,name:t,about:n,people:i,pages:a}){return r`<section aria-labelledby=${e}>
<header>
<h2 id=${e}>${h(t)}</h2>
<p class="muted"><bdi>${h(n)}</bdi></p>
</header>
<ul>
${i.map(t=>r`<li>${this.#n(e,t)}</li>`)}
</ul>
<ul class="pages">
${a.map(({path:e,title:t})=>r`<li><a href=${this.#t(e)} target="_blank" rel="noopener">${h(t)}</a></li>`)}
</ul>
</section>`}#t(e){let t=new URL(e,document.baseURI);return t.searchParams.set(`lang`,a.locale),t.href}#n(e,{externalId:t,name:n,about:i}){return r`<a class="user" href=${u({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
<causerie-avatar .name=${n} .key=${t}></causerie-avatar>
<span class="details">
<span class="name"><bdi>${n}</bdi></span>
${h(i)?r`<span class="about muted"><bdi>${h(i)}</bdi></span>`:``}
</span>
</a>`}#r};c([s()],g.prototype,`tenants`,void 0),c([s()],g.prototype,`problem`,void 0),g=c([t(`causerie-user-chooser`)],g);export{g as UserChooser};