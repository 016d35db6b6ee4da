import{E as e,J as t,Q as n,X as r,Z as i,at as a,et as o,it as s,lt as c,n as l,nt as u,ot as d,r as f,st as p,t as m}from"./index-D0NMIBcr.js";function h(e){return e?.[c.locale]??e?.en??``}var g=class extends a{constructor(...e){super(...e),this.problem=`none`,this.#n=async()=>{this.problem=`none`;try{this.tenants=await f()}catch(e){this.problem=e instanceof m&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[i,t,r,n,p` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{padding:8px;--avatar-size:40px}.user{gap:14px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}.details > *{display:block;line-height:1.35}.name{overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#n()}render(){return this.problem===`no-demo`?d`<main class="empty"><span class="badge">${e}</span>
        <h2>${c.noDemo}</h2><p>${c.noDemoHint}</p></main>`:this.problem===`failed`?d`<main class="empty" role="alert"><h2>${c.loadFailed}</h2>
        <button class="button" @click=${this.#n}>${c.tryAgain}</button></main>`:d`<main class=${(this.tenants?.length??0)>1?`several`:``}>
      <div class="logo">${e}</div>
      <h1>${c.demoChooseUser}</h1>
      <p class="muted">${c.demoChooseUserHint}</p>
      ${this.tenants?d`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:d`<div role="status"><span class="spinner"></span><span class="visually-hidden">${c.loading}</span></div>`}
    </main>`}#e({slug:e,name:t,about:n,people:r}){return d`<section aria-labelledby=${e}>
      <header>
        <h2 id=${e}>${h(t)}</h2>
        <p class="muted">${h(n)}</p>
      </header>
      <ul>
        ${r.map(t=>d`<li>${this.#t(e,t)}</li>`)}
      </ul>
    </section>`}#t(e,{externalId:t,name:n,about:r}){return d`<a class="user" href=${l({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${n} .key=${t}></causerie-avatar>
      <span class="details">
        <span class="name">${n}</span>
        ${h(r)?d`<span class="about muted">${h(r)}</span>`:``}
      </span>
    </a>`}#n};o([u()],g.prototype,`tenants`,void 0),o([u()],g.prototype,`problem`,void 0),g=o([s(`causerie-user-chooser`)],g);export{g as UserChooser};