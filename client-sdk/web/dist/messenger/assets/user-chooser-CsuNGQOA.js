import{C as e,D as t,S as n,T as r,c as i,d as a,f as o,g as s,l as c,n as l,r as u,t as d,u as f,w as p,x as m}from"./index-DdJsP9FZ.js";function h(e){return e?.[t.locale]??e?.en??``}var g=class extends e{constructor(...e){super(...e),this.problem=`none`,this.#n=async()=>{this.problem=`none`;try{this.tenants=await u()}catch(e){this.problem=e instanceof d&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[a,c,f,o,r` :host{display:flex;flex-direction:column;height:100%;overflow-y:auto;background:var(--surface)}main{width:min(560px,100%);margin:auto;padding:40px 20px}main.several{width:min(1180px,100%)}.logo{width:56px;height:56px;display:grid;place-items:center;border-radius:18px;background:var(--accent);color:var(--on-accent);margin-bottom:20px}.logo .icon{width:30px;height:30px}h1{font-size:1.75rem;font-weight:750;letter-spacing:-0.025em;line-height:1.2}main > p{margin:6px 0 24px}.several .tenants{columns:3 300px;column-gap:20px}section{break-inside:avoid;margin-bottom:20px;border:1px solid var(--border);border-radius:20px;background:var(--background);overflow:hidden}section header{padding:16px 20px 2px}h2{font-size:1.0625rem;font-weight:650}header p{margin-top:2px;font-size:0.875rem;text-wrap:pretty}ul{padding:8px;--avatar-size:40px}.user{gap:14px;border-radius:14px;color:inherit;text-decoration:none;transition:background 0.12s}.details > *{display:block;line-height:1.35}.name{overflow-wrap:anywhere}.about{font-size:0.8125rem}`]}connectedCallback(){super.connectedCallback(),this.#n()}render(){return this.problem===`no-demo`?p`<main class="empty"><span class="badge">${s}</span>
        <h2>${t.noDemo}</h2><p>${t.noDemoHint}</p></main>`:this.problem===`failed`?p`<main class="empty" role="alert"><h2>${t.loadFailed}</h2>
        <button class="button" @click=${this.#n}>${t.tryAgain}</button></main>`:p`<main class=${(this.tenants?.length??0)>1?`several`:``}>
      <div class="logo">${s}</div>
      <h1>${t.demoChooseUser}</h1>
      <p class="muted">${t.demoChooseUserHint}</p>
      ${this.tenants?p`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:p`<div role="status"><span class="spinner"></span><span class="visually-hidden">${t.loading}</span></div>`}
    </main>`}#e({slug:e,name:t,about:n,people:r}){return p`<section aria-labelledby=${e}>
      <header>
        <h2 id=${e}>${h(t)}</h2>
        <p class="muted">${h(n)}</p>
      </header>
      <ul>
        ${r.map(t=>p`<li>${this.#t(e,t)}</li>`)}
      </ul>
    </section>`}#t(e,{externalId:t,name:n,about:r}){return p`<a class="user" href=${l({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${n} .key=${t}></causerie-avatar>
      <span class="details">
        <span class="name">${n}</span>
        ${h(r)?p`<span class="about muted">${h(r)}</span>`:``}
      </span>
    </a>`}#n};i([m()],g.prototype,`tenants`,void 0),i([m()],g.prototype,`problem`,void 0),g=i([n(`causerie-user-chooser`)],g);export{g as UserChooser};