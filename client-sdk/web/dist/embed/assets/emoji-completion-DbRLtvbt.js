import{Y as e,et as t,tt as n}from"./base-CNZ58isy.js";var r=/(?<=^|[\s(])(:([\p{L}\p{N}_+-]{2,30})(:?))$/u,i=6;async function a(){return(await n(async()=>{let{loadIndex:e}=await import(`./emoji-index-BuzEEUCu.js`);return{loadIndex:e}},[],import.meta.url)).loadIndex()}var o=class{#e;#t;constructor(e,t,n){this.host=e,this.field=t,this.changed=n,this.offered=[],this.selected=0,this.#e=``,this.#t=``}async update(){let[,e=``,t=``,n=``]=r.exec(this.#n())??[];if(this.#e=e,e.startsWith(this.#t)||(this.#t=``),!e||this.#t)return this.#r([]);try{let r=await a();if(this.#e!==e)return;let o=n&&r.byName(t);o?this.choose(o):this.#r(n?[]:r.search(t,i))}catch{}}key({key:e,shiftKey:t}){let{offered:n,selected:r}=this,i=n[r];if(!i||t)return!1;let a={ArrowDown:1,ArrowUp:-1}[e];if(a)this.selected=(r+a+n.length)%n.length;else if(e===`Enter`||e===`Tab`)this.choose(i);else if(e===`Escape`)this.close();else return!1;return this.host.requestUpdate(),!0}render(){return e`<ul class="offered" id="offered" role="listbox" aria-label=${t.emoji}>
${this.offered.map((t,n)=>e`<li
role="option"
id="emoji-${n}"
aria-selected=${n===this.selected?`true`:`false`}
@mousedown=${e=>e.preventDefault()}
@click=${()=>this.choose(t)}
>
<span class="character">${t.character}</span><span class="clip">${t.name}</span>
</li>`)}
</ul>`}choose(e){let t=this.field();if(!t)return;let n=t.selectionStart;t.setRangeText(`${e.character} `,n-this.#e.length,n,`end`),this.#r([]),this.changed()}close(){this.#t=this.#e,this.#r([])}#n(){let e=this.field();return!e||e.selectionStart!==e.selectionEnd?``:e.value.slice(Math.max(e.selectionStart-40,0),e.selectionStart)}#r(e){(e.length||this.offered.length)&&(this.offered=e,this.selected=0,this.host.requestUpdate())}};export{o as EmojiCompletion};