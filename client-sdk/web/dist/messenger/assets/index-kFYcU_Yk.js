function e(e){return e>=1002&&e<=1009&&e!==1005&&e!==1006?`never`:e>=4400&&e<4500?`later`:e>=4500&&e<5e3?`never`:`now`}function t(e,t,n){return Math.round(n()*Math.min(t.maxMs,t.minMs*2**Math.min(e,30)))}function n(e,t){return Math.round(e.maxMs*(1+t())/2)}var r=class extends Error{constructor(e){super(e.message??``),this.code=e.code??0,this.name=e.name??`unspecified`,this.temporary=e.temporary??!1,this.field=e.field??``,this.retryAfterMs=e.retryAfterMs??0}};function i(){return new r({code:102,name:`timeout`,temporary:!0,message:`no answer came in time`})}function a(){return new r({code:101,name:`unavailable`,temporary:!0,message:`there is no connection`})}function o(e,t){return new r({code:e,name:t,message:`the server closed the connection: ${e} ${t}`})}function s(e){return e instanceof r?e:new r({code:100,name:`internal`,temporary:!0,message:e instanceof Error?e.message:String(e)})}function c(e){return e.code===200||e.code===201}var l=/\p{Surrogate}/u,u=/\r\n|[\r\v\f\x85\u2028\u2029]/g,d=/[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]/;function f(e){return e.replace(u,`
`)}function p(e){return new TextEncoder().encode(e).length}function m(e,t){return new r({code:152,name:`too_large`,field:e,message:`\`${e}\` has more than ${t} bytes`})}function ee(e,t,n){let{textBytesMax:i=16384,subjectBytesMax:a=512}=n,o=new Map(Object.entries({text:i,subject:a,query:128,externalId:128,groupExternalId:128})),s=(e,t,n)=>{if(typeof n!=`string`){if(typeof n!=`object`||!n)return;for(let[t,r]of Object.entries(n)){let i=s(Array.isArray(n)?`${e}[${t}]`:`${e}.${t}`,t,r);if(i)return i}return}let i=t=>new r({code:151,name:`invalid`,field:e,message:`\`${e}\` ${t}`});if(l.test(n))return i(`contains half a surrogate pair`);let a=o.get(t);if(a!==void 0)return t===`text`&&!n.trim()?i(`is empty`):p(f(n))>a?m(e,a):d.test(n)?i(`contains control characters`):void 0};return s(e,``,t)}var te=5e3,ne=class{#e=()=>{};#t;#n=0;constructor(e,t,n,r,i){this.clock=e,this.intervalMs=t,this.ask=n,this.lost=r,this.doubted=i,this.heard(),this.#i(t)}heard(){this.#n=this.clock.now(),this.#r()}probe(){this.#t||(this.#t=this.clock.after(te,this.lost),this.doubted(!0),this.ask())}stop(){this.#e(),this.#r()}#r(){this.#t&&(this.#t(),this.#t=void 0,this.doubted(!1))}#i(e){this.#e=this.clock.after(e,()=>{let e=this.clock.now()-this.#n;e>=this.intervalMs&&this.probe(),this.#i(Math.max(e>=this.intervalMs?this.intervalMs:this.intervalMs-e,1))})}},re=class{#e=new Map;#t=1;constructor(e,t){this.clock=e,this.send=t}call(e,t,n){return new Promise((r,a)=>{let o=this.#t++;this.send({id:o,[e]:t});let s=this.clock.after(n,()=>{this.#e.delete(o),a(i())});this.#e.set(o,{resolve:r,reject:a,cancelTimeout:s})})}tell(e,t){this.send({[e]:t})}settle(e){let{id:t=0,error:n,...i}=e,a=this.#e.get(t);a&&(this.#e.delete(t),a.cancelTimeout(),n?a.reject(new r(n)):a.resolve(Object.values(i)[0]??{}))}abandon(e){let t=[...this.#e.values()];this.#e.clear();for(let{cancelTimeout:n,reject:r}of t)n(),r(e)}},ie=6e4,ae=2**31-1,oe=class{#e;#t=0;#n;#r=()=>{};constructor(e,t){this.clock=e,this.getToken=t}current(){let e=this.#e;return e!==void 0&&this.clock.now()<this.#t?Promise.resolve(e):this.fresh()}fresh(){return this.#n??=this.#i().finally(()=>{this.#n=void 0}),this.#n}async#i(){return this.#e=await this.getToken(),this.#t=1/0,this.#e}drop(){this.#e=void 0}expiresAt(e,t){this.stop();let n=e===void 0?NaN:Date.parse(e);if(Number.isNaN(n))return;this.#t=n;let r=n-this.clock.now();this.#r=this.clock.after(Math.min(Math.max(r-ie,r/2,0),ae),t)}stop(){this.#r()}},se=5e3,ce=3e4,le=`causerie.v1.json`,ue=4003,de=4502;function fe(e){return e.name===`closed`?e.reason:a()}var pe=class{#e={name:`disconnected`};#t;#n;#r;#i=0;#a=0;#o=0;#s=!1;#c;#l;#u=()=>{};#d=new Set;#f;constructor(e,t){this.settings=e,this.listener=t,this.#f=new oe(e.clock,e.getToken)}get state(){return this.#e}connect(){let{name:e}=this.#e;if(e===`reconnecting`)return this.#S();(e===`disconnected`||e===`closed`)&&(e===`closed`&&this.#f.drop(),this.#a=0,this.#s=!1,this.settings.networkEventTarget?.addEventListener(`online`,this.#x),this.settings.networkEventTarget?.addEventListener(`offline`,this.#C),this.#O({name:`connecting`}),this.#p())}disconnect(){this.#D({name:`disconnected`})}connected(e){return this.#e.name===`connected`?Promise.resolve():new Promise((t,n)=>{let r=()=>{this.#d.delete(r),a(),this.#e.name===`connected`?t():n(fe(this.#e))},a=this.settings.clock.after(e,()=>{this.#d.delete(r),n(i())});this.#e.name===`disconnected`||this.#e.name===`closed`?r():this.#d.add(r)})}async call(e,t){let n=ee(e,t,this.listener.limits());if(n)throw n;await this.connected(this.settings.commandTimeoutMs);let r=this.#n;if(!r)throw fe(this.#e);let{clock:i,commandTimeoutMs:a}=this.settings,o=i.after(te,()=>r===this.#n&&this.#r?.probe());return r.call(e,t,a).finally(o)}tell(e,t){this.#e.name===`connected`&&this.#n?.tell(e,t)}async#p(){this.#l=void 0;let e=++this.#i,t;try{t=await this.#f.current()}catch(t){if(e!==this.#i||!this.#T)return;let n=s(t);return this.listener.error(n),n.temporary?this.#b(1006):this.#D({name:`closed`,reason:n})}if(e!==this.#i||!this.#T)return;let{clock:n,webSocket:r,url:i,client:a,connectTimeoutMs:o}=this.settings,c=new r(i,[le]),l=new re(n,e=>{let t=JSON.stringify(e),{frameBytesMax:n=65536}=this.listener.limits();if(p(t)>n)throw m(Object.keys(e).at(-1)??``,n);c.readyState===1&&c.send(t)});this.#t=c,this.#n=l,this.#u=n.after(o,()=>this.#v(1006,``)),c.onopen=()=>{let e=this.listener.held();l.call(`hello`,{token:t,client:a,...e&&{resume:e}},o).then(e=>this.#h(e),e=>{c===this.#t&&this.#g(e)})},c.onmessage=({data:e})=>this.#m(e),c.onclose=({code:e,reason:t})=>this.#v(e,t),c.onerror=()=>{}}#m(e){this.#r?.heard();let t;try{t=JSON.parse(String(e))}catch(e){return this.listener.error(s(e))}if(t.reply)return this.#n?.settle(t.reply);let{event:n}=t;n&&(n.goingAway?this.#c=n.goingAway.reconnectAfterMs??0:n.tokenExpiring?this.#w():this.listener.event(n))}#h(e){this.#u(),this.#s=!1,this.#o=this.settings.clock.now(),this.#f.expiresAt(e.tokenExpiresAt,()=>void this.#w()),this.#r=new ne(this.settings.clock,e.heartbeatMs||ce,()=>void this.#n?.call(`ping`,{},this.settings.commandTimeoutMs).catch(()=>{}),()=>this.#v(1006,``),e=>this.listener.doubt(e)),this.listener.welcomed(e),this.#O({name:`connected`})}#g(e){if(c(e))return this.#_(e);if(e.temporary)return this.#v(1006,``);this.listener.error(e),this.#D({name:`closed`,reason:e})}#_(e){if(this.#f.drop(),this.#s)return this.#D({name:`closed`,reason:e});this.#s=!0,this.#E(),this.#O({name:`reconnecting`,waitingForNetwork:!1}),this.#p()}#v(t,n){if(t===de)return this.#_(o(t,n||`unauthenticated`));t===ue&&this.#f.drop();let r=e(t)===`never`;if(r&&!this.#y(t,n))return this.#D({name:`closed`,reason:o(t,n)});this.#e.name===`connected`&&this.settings.clock.now()-this.#o>=se&&(this.#a=0),this.#E(),this.#b(r?1006:t)}#y(e,t){return e<de&&this.#e.name===`connected`&&this.listener.suspect(o(e,t))}#b(r){let{backoff:i,random:a,clock:o}=this.settings,s=t(this.#a++,i,a);e(r)===`later`&&(s=n(i,a)),this.#c!==void 0&&(s=this.#c),this.#c=void 0,this.#O({name:`reconnecting`,waitingForNetwork:!this.settings.isOnline()}),this.#l=o.after(s,()=>void this.#p())}#x=()=>{this.#e.name===`reconnecting`?this.#S():this.#r?.probe()};#S(){this.#a=0,this.#E(),this.#O({name:`reconnecting`,waitingForNetwork:!this.settings.isOnline()}),this.#p()}#C=()=>{this.#e.name===`reconnecting`?this.#O({name:`reconnecting`,waitingForNetwork:!0}):this.#r?.probe()};async#w(){try{let e=await this.#f.fresh(),{tokenExpiresAt:t}=await this.call(`refreshToken`,{token:e});this.#f.expiresAt(t,()=>void this.#w())}catch(e){this.listener.error(s(e))}}get#T(){return this.#e.name===`connecting`||this.#e.name===`reconnecting`}#E(e=a()){let t=this.#t;this.#t=void 0,this.#u(),this.#l?.(),this.#l=void 0,this.#r?.stop(),this.#r=void 0,this.#f.stop(),t&&(t.onopen=t.onmessage=t.onclose=null,t.close());let n=this.#n;this.#n=void 0,n?.abandon(e)}#D(e){this.#E(fe(e)),this.settings.networkEventTarget?.removeEventListener(`online`,this.#x),this.settings.networkEventTarget?.removeEventListener(`offline`,this.#C),this.#O(e)}#O(e){let t=this.#e;if(this.#e=e,JSON.stringify(t)!==JSON.stringify(e)&&this.listener.state(e),!this.#T)for(let e of[...this.#d])e()}},me=class{#e=new Map;on(e,t){let n=this.#e.get(e);n||this.#e.set(e,n=new Set);let r=e=>t(e);return n.add(r),()=>void n.delete(r)}emit(e,t){for(let n of[...this.#e.get(e)??[]])try{n(t)}catch(e){queueMicrotask(()=>{throw e})}}};function h(e,t){return(typeof e==`string`?e.slice(t.length):`UNSPECIFIED`).toLowerCase()}function he(e){return new Date(e)}function ge(e){return e===void 0?void 0:he(e)}function g(e={}){return{id:e.id??``,externalId:e.externalId??``,name:e.name??``,avatarUrl:e.avatarUrl??``,status:h(e.status,`USER_STATUS_`)}}function _e(e){return{id:e.id??``,externalId:e.externalId??``,name:e.name??``,kind:e.kind??``}}function ve(e){return{relation:e.relation??``,user:g(e.user),state:h(e.state,`RELATION_STATE_`),direction:h(e.direction,`DIRECTION_`)}}function ye({user:e,group:t,conversationId:n,can:r=[],mayRequest:i=[]}){return{user:e&&g(e),group:t&&_e(t),conversationId:n||void 0,can:new Set(r.map(e=>h(e,`DIRECTORY_ACTION_`))),mayRequest:i}}function be(e){return{user:g(e.user),role:h(e.role,`MEMBER_ROLE_`),readSeq:e.readSeq??0}}function _(e){return{id:e.id??``,conversationId:e.conversationId??``,seq:e.seq??0,version:e.version??0,authorId:e.authorId??``,clientId:e.clientId??``,text:e.text??``,sentAt:he(e.sentAt??``),editedAt:ge(e.editedAt),deletedAt:ge(e.deletedAt)}}function xe(e={}){return{readSeq:e.readSeq??0,unread:e.unread??0,markedUnread:e.markedUnread??!1}}function Se(e=[]){return new Set(e.map(e=>h(e,`CAPABILITY_`)))}function Ce(e){return h(e,`CONVERSATION_STATE_`)}function v(e={}){return{id:e.id??``,kind:h(e.kind,`CONVERSATION_KIND_`),state:Ce(e.state),subject:e.subject??``,version:e.version??0,lastSeq:e.lastSeq??0,members:(e.members??[]).map(be),memberCount:e.memberCount??0,lastMessage:e.lastMessage&&_(e.lastMessage),activeAt:he(e.activeAt??``),readState:xe(e.readState),capabilities:Se(e.capabilities),addressees:(e.addressees??[]).map(({user:e,group:t,isCopy:n=!1})=>({user:e&&g(e),group:t&&_e(t),isCopy:n})),isCopy:e.isCopy??!1,inReplyTo:e.inReplyTo||void 0}}function we(e){return{userId:e.userId??``,online:e.online??!1,lastSeenAt:ge(e.lastSeenAt)}}function Te(e){return`CONVERSATION_KIND_${e.toUpperCase()}`}var Ee=class{#e;#t=``;constructor(e,t,n){this.conversationId=e,this.store=t,this.host=n}get messages(){return this.#n?.messages??[]}get outgoing(){return this.host.outgoing(this.conversationId)}get loaded(){return this.#n?.loaded??!1}get moreBefore(){return this.#n?.moreBefore??!1}get moreAfter(){return this.#n?.moreAfter??!1}loadNewest(){return this.#r({},(e,t)=>e.open(t))}loadAround(e,t=20){return this.#r({afterSeq:Math.max(e-t-1,0)},(e,t)=>e.open(t))}loadOlder(){let e=this.messages[0]?.seq;return e===void 0||!this.moreBefore?Promise.resolve():this.#r({beforeSeq:e},(e,t)=>e.prepend(t))}loadNewer(){let e=this.messages.at(-1)?.seq;return e===void 0||!this.moreAfter?Promise.resolve():this.#r({afterSeq:e},(e,t)=>e.append(t))}get#n(){return this.store.get(this.conversationId)?.timeline}async#r(e,t){let n=JSON.stringify(e);for(;this.#e;){if(this.#t===n)return this.#e;await this.#e.catch(()=>{})}return this.#t=n,this.#e=this.#i(e,t).finally(()=>{this.#e=void 0}),this.#e}async#i(e,t){let{conversationId:n}=this,r=await this.host.getHistory({conversationId:n,...e}),i=this.store.get(n);if(!i)return;let a=r.version??0,o=!r.moreAfter&&a>=i.conversation.version;if(t(i.timeline,{messages:(r.messages??[]).map(_),moreBefore:r.moreBefore??!1,moreAfter:r.moreAfter??!1,through:o?i.conversation.lastSeq:0}),this.store.timelineChanged(n),a>=i.conversation.version)return;let s=await this.host.getChanges({conversationId:n,sinceVersion:a});if(this.store.get(n)===i){for(let e of s.messages??[])i.timeline.take(_(e));this.store.timelineChanged(n)}}},De=class{#e;#t;constructor(e,t,n,r){this.store=e,this.sync=t,this.ask=n,this.changed=r,this.loaded=!1,this.more=!1,this.#e=``}load(){return this.#e=``,this.#t=void 0,this.loadMore()}loadMore(){let e=this.#t??=this.#n().finally(()=>{this.#t===e&&(this.#t=void 0)});return e}async#n(){let e=this.store.conversations.length;do{let e=await this.ask({cursor:this.#e});this.store.epoch??=e.epoch??``,this.store.inboxVersion??=e.inboxVersion??0;for(let t of e.conversations??[])this.sync.offer(v(t));this.loaded||(this.store.totalUnread=e.totalUnread??0),this.#e=e.nextCursor??``,this.loaded=!0,this.more=this.#e!==``}while(this.more&&this.store.conversations.length<=e);this.changed()}},Oe={now:()=>Date.now(),after(e,t){let n=setTimeout(t,e);return()=>clearTimeout(n)}};function ke(){let e=crypto.getRandomValues(new Uint8Array(16));return e[6]=(e[6]??0)&15|64,e[8]=(e[8]??0)&63|128,[...e].map(e=>e.toString(16).padStart(2,`0`)).join(``).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/,`$1-$2-$3-$4-$5`)}var Ae=`0.1.0`;function je(e){let t=e.webSocket??globalThis.WebSocket;if(!t)throw TypeError("this environment has no WebSocket: give `webSocket`");let n=globalThis,r=n.addEventListener?n:null;return{url:e.url,getToken:e.getToken,client:e.client??{name:`causerie-web`,version:`0.1.0`},backoff:{minMs:500,maxMs:2e4,...e.backoff},commandTimeoutMs:e.commandTimeoutMs??1e4,connectTimeoutMs:e.connectTimeoutMs??1e4,outboxStore:e.outboxStore,webSocket:t,clock:e.clock??Oe,random:e.random??Math.random,uuid:e.uuid??ke,networkEventTarget:e.networkEventTarget===void 0?r:e.networkEventTarget,isOnline:e.isOnline??(()=>globalThis.navigator?.onLine!==!1)}}var Me=2,Ne=[],Pe=class{#e=new Map;#t=new Map;#n=new Set;#r=new Map;#i=!0;constructor(e,t,n){this.store=e,this.now=t,this.host=n}of(e){return this.#e.get(e)??Ne}async restore(){if(this.store){try{for(let e of await this.store.load())this.#a(e)}catch(e){this.host.error(s(e))}this.#o()}}start(){this.#i=!1,this.#o()}stop(){this.#i=!0}push(e,t,n,r){let i={clientId:t,conversationId:e,text:n,createdAt:this.now(),...r&&{error:Fe(r)}};this.#h(e=>e.put(i));let a=this.#a(i);return this.#o(),a}retry(e){let t=this.#l(e);t?.status===`failed`&&(this.#r.delete(e),this.#d({...t,status:`sending`,error:void 0}),this.#o())}discard(e){let t=this.#l(e);t&&this.#p(t)}settle(e,t,n){for(let r of this.of(e))(r.clientId===n||r.message&&r.message.version<=t)&&this.#p(r)}suspect(e){for(let t of this.#n){let n=this.#l(t);if(!n)continue;let r=(this.#r.get(t)??0)+1;this.#r.set(t,r),this.#d(r<Me?n:{...n,status:`failed`,error:e})}return this.#n.size>0}#a(e){let t=this.#l(e.clientId);if(t)return t;let{clientId:n,conversationId:i,text:a,error:o,closes:s}=e;s&&this.#r.set(n,s);let c={clientId:n,conversationId:i,text:a,createdAt:new Date(e.createdAt),status:o?`failed`:`sending`,error:o&&new r(o),message:void 0},l=[...this.of(i),c];return this.#m(i,l.sort((e,t)=>e.createdAt.getTime()-t.createdAt.getTime())),c}#o(){if(this.#i)return;let e=[...this.#e.keys()].filter(e=>!this.#t.has(e)).flatMap(e=>this.of(e).find(({status:e})=>e===`sending`)??[]),t=({clientId:e})=>this.#r.has(e);if([...this.#t.values()].some(e=>this.#r.has(e)))return;for(let n of e)t(n)||this.#s(n);let n=e.find(t);n&&this.#t.size===0&&this.#s(n)}async#s(e){this.#t.set(e.conversationId,e.clientId);try{for(let t=0;await this.#c(e,t);t++);}finally{this.#t.delete(e.conversationId),this.#o()}}async#c(e,t){let{clientId:n}=e,r=this.#r.get(n);try{this.#n.add(n);let t=await this.host.send(this.#u(e)).finally(()=>this.#n.delete(n));return this.#r.delete(n),this.#h(e=>e.remove(n)),this.#l(n)&&(this.host.isShown(t)?this.#p(e):this.#f({...e,status:`sent`,message:t})),!1}catch(i){if(this.#i||this.#l(n)?.status!==`sending`||this.#r.get(n)!==r)return!1;let a=s(i);if(!a.temporary)return this.#d({...e,status:`failed`,error:a}),!1;try{await this.host.pause(a,t)}catch{return!1}return this.#l(n)?.status===`sending`}}#l(e){for(let t of this.#e.values()){let n=t.find(t=>t.clientId===e);if(n)return n}}#u({clientId:e,conversationId:t,text:n,createdAt:r,error:i}){let a=this.#r.get(e);return{clientId:e,conversationId:t,text:n,createdAt:r.getTime(),...a&&{closes:a},...i&&{error:Fe(i)}}}#d(e){this.#h(t=>t.put(this.#u(e))),this.#f(e)}#f(e){this.#m(e.conversationId,this.of(e.conversationId).map(t=>t.clientId===e.clientId?e:t))}#p(e){this.#r.delete(e.clientId),this.#h(t=>t.remove(e.clientId)),this.#m(e.conversationId,this.of(e.conversationId).filter(t=>t.clientId!==e.clientId))}#m(e,t){t.length?this.#e.set(e,t):this.#e.delete(e),this.host.changed(e)}#h(e){this.store&&e(this.store).catch(e=>this.host.error(s(e)))}};function Fe({code:e,name:t,message:n,field:r}){return{code:e,name:t,message:n,field:r}}var Ie=200,Le=class{#e=new Map;#t=new Set;#n=``;#r=!1;constructor(e,t){this.watch=e,this.changed=t}get(e){return this.#e.get(e)}add(e){let t=[...e];return this.#t.add(t),this.#i(),()=>{this.#t.delete(t),this.#i()}}connected(){this.#n=``,this.#i()}take(e){let t=we(e);this.#e.set(t.userId,t),this.changed(t)}#i(){this.#r||(this.#r=!0,queueMicrotask(()=>{this.#r=!1,this.#a()}))}async#a(){let e=[...new Set([...this.#t].flat())].slice(0,Ie),t=e.join();if(t!==this.#n){this.#n=t;try{for(let t of(await this.watch(e)).presences??[])this.take(t)}catch{this.#n===t&&(this.#n=``)}}}};function Re(e){let{messageSent:t,messageEdited:n,messageDeleted:r,conversationChanged:i}=e,a=t??n??r;if(a){let e=_(a.message??{});return{kind:t?`sent`:n?`edited`:`deleted`,conversationId:e.conversationId,version:e.version,message:e}}if(!i)return;let{conversationId:o=``,version:s=0}=i;return{kind:`changed`,conversationId:o,version:s,changed:i}}function ze(e,t){let{version:n}=t;if(t.kind===`changed`)return{...Be(e,t.changed),version:n};let{message:r,kind:i}=t;return i===`sent`?{...e,version:n,lastSeq:r.seq,lastMessage:r,activeAt:r.sentAt}:e.lastMessage?.id===r.id?{...e,version:n,lastMessage:r}:{...e,version:n}}function Be(e,t){let{subject:n,state:r,membersAdded:i=[],membersRemoved:a=[],memberCount:o}=t,s=i.map(be),c=new Set([...a,...s.map(e=>e.user.id)]),l=[...e.members.filter(e=>!c.has(e.user.id)),...s];return{...e,subject:n??e.subject,state:r?Ce(r):e.state,members:l,memberCount:o||e.memberCount}}var Ve=class{constructor(){this.messages=[],this.loaded=!1,this.moreBefore=!1,this.moreAfter=!1,this.#e=0}#e;open(e){this.messages=e.messages,this.moreBefore=e.moreBefore,this.moreAfter=e.moreAfter,this.#e=e.through,this.loaded=!0}prepend(e){let t=this.messages[0]?.seq??1/0;this.messages=[...e.messages.filter(e=>e.seq<t),...this.messages],this.moreBefore=e.moreBefore}append(e){let t=this.#t;this.messages=[...this.messages,...e.messages.filter(e=>e.seq>t)],this.moreAfter=e.moreAfter,this.#e=e.through}take(e){if(!this.loaded)return;let t=this.#t;if(e.seq>t){if(this.moreAfter)return;e.seq===t+1?this.messages=[...this.messages,e]:this.moreAfter=!0;return}let n=this.messages.findIndex(({seq:t})=>t===e.seq),r=this.messages[n];r&&r.version<e.version&&(this.messages=this.messages.with(n,e))}clear(){this.messages=[],this.loaded=this.moreBefore=this.moreAfter=!1,this.#e=0}get#t(){return Math.max(this.messages.at(-1)?.seq??0,this.#e)}},He=class{#e=new Map;#t;#n=0;constructor(e){this.listener=e}get(e){return this.#e.get(e)}get conversations(){return this.#t??=[...this.#e.values()].map(({conversation:e})=>e).sort((e,t)=>t.activeAt.getTime()-e.activeAt.getTime()||(e.id<t.id?1:-1)),this.#t}get totalUnread(){return this.#n}set totalUnread(e){e!==this.#n&&(this.#n=e,this.listener.unreadChanged(e))}put(e){let t=this.#e.get(e.id);return t?.conversation.members!==e.members&&this.listener.peopleTold(e.members.map(({user:e})=>e)),t?t.conversation=e:(t={conversation:e,timeline:new Ve,asking:0,waiting:[],behind:0,toldFrom:0,toldTo:0},this.#e.set(e.id,t)),this.changed(e.id),t}remove(e){this.#e.delete(e)&&this.changed(e)}apply(e,t){t.kind!==`changed`&&e.timeline.take(t.message),this.put(ze(e.conversation,t))}timelineChanged(e){this.listener.conversationChanged(e)}patch(e,t){let n=this.#e.get(e);n&&this.put({...n.conversation,...t(n.conversation)})}readState(e,t){this.patch(e,()=>({readState:t}))}present(e){if(this.epoch===void 0)return;for(let{id:t}of this.conversations.slice(e))this.remove(t);let t=this.conversations.map(({id:e,version:t})=>({conversationId:e,version:t}));return{epoch:this.epoch,inboxVersion:this.inboxVersion??0,held:t}}changed(e){this.#t=void 0,this.listener.conversationChanged(e),this.listener.listChanged()}},Ue=200;function We({name:e}){return e===`not_found`||e===`not_a_member`}var Ge=class{#e=new Map;#t;#n=!1;#r=new Set;#i=new Set;constructor(e,t){this.store=e,this.host=t}event(e){let t=Re(e);if(t)return this.change(t);let{conversationJoined:n,conversationLeft:r,capabilitiesChanged:i,readStateChanged:a,memberRead:o,gap:s}=e;if(n)this.#a(n);else if(r)this.#p(r.inboxVersion??0),this.store.remove(r.conversationId??``);else if(i){let e=Se(i.capabilities);this.store.patch(i.conversationId??``,()=>({capabilities:e}))}else a?(this.store.readState(a.readState?.conversationId??``,xe(a.readState)),this.store.totalUnread=a.totalUnread??0):o?this.#f(o):s&&this.#v()}change(e){if(this.#t)return void this.#t.push(e);let t=this.store.get(e.conversationId);if(!t)return void this.#g(e);if(t.asking)return void t.waiting.push(()=>this.change(e));let{version:n}=t.conversation;if(e.version>n+1)return void this.#m(t,e);e.version===n+1&&this.store.apply(t,e),e.kind===`sent`&&this.#u(t,[e.message])}welcome(e,t){return this.#t=void 0,this.#n=!1,!e||!t?!1:(this.#y(e),!0)}started(e){this.store.get(e.id)||this.#r.add(e.id),this.#o(e)}offer(e){let t=this.store.get(e.id);t?t.conversation.version===e.version?this.store.put(e):t.conversation.version<e.version&&(t.behind=Math.max(t.behind,e.version),t.asking||this.#m(t)):this.#s(e)}changes(e){let t=v(e.conversation),n=this.store.get(t.id);if(!n)return this.#o(t);if(n.asking)return void n.waiting.push(()=>this.changes(e));let r=n.conversation.lastSeq,i=(e.messages??[]).map(_);if(e.reload)return this.#c(n,t);if(t.version<n.conversation.version)return;for(let e of i)n.timeline.take(e);if(this.store.put(t),n.toldTo&&n.toldTo<r)return this.#d(n,t,n.toldTo);let a=i.filter(({seq:e})=>e>r);this.#u(n,a)}#a({inboxVersion:e=0,conversation:t}){let n=this.store.inboxVersion,r=this.#p(e),i=v(t),a=this.store.get(i.id),o=this.#r.delete(i.id),s=this.#i.delete(i.id);!a||o||s||n!==void 0&&e<=n?this.#o(i):this.offer(i),a&&r&&!o&&this.#l(a)}#o(e){let t=this.store.get(e.id);if(t){let n=Math.min(t.conversation.readState.readSeq,e.readState.readSeq);this.#d(t,t.conversation,n),this.offer(e)}else this.#d(this.store.put(e),e,e.readState.readSeq);this.#_(e.id)}#s(e){this.store.put(e),this.#_(e.id)}#c(e,t){e.toldTo&&=t.lastSeq,e.toldFrom=Math.min(e.toldFrom,e.toldTo),e.conversation=t,e.behind=0,this.#l(e)}#l(e){let{id:t}=e.conversation,n=e.timeline.loaded;e.timeline.clear(),this.store.changed(t),n&&this.host.reload(t)}#u(e,t){let n=t.filter(({seq:t})=>!Ke(e,t)).sort((e,t)=>e.seq-t.seq);for(let t of n)e.toldFrom=Math.min(e.toldFrom||t.seq,t.seq),e.toldTo=Math.max(e.toldTo,t.seq),this.host.message(e.conversation,t)}#d(e,{id:t,lastSeq:n,lastMessage:r},i){let a=n===1?0:i;if(!(n<=a||n-a>Ue||Ke(e,a+1)&&Ke(e,n))){if(n===a+1&&r?.seq===n)return this.#u(e,[r]);this.#h(e,async()=>{let e=[];for(let r=a;r<n;){let i=((await this.host.call(`getHistory`,{conversationId:t,afterSeq:r})).messages??[]).map(_);e.push(...i.filter(({seq:e})=>e<=n)),r=i.at(-1)?.seq??n}return e},t=>this.#u(e,t))}}#f({conversationId:e=``,userId:t,readSeq:n=0}){this.store.patch(e,({members:e})=>({members:e.map(e=>e.user.id===t&&e.readSeq<n?{...e,readSeq:n}:e)}))}#p(e){let t=this.store.inboxVersion;return t===void 0||e<=t?!1:(e===t+1?this.store.inboxVersion=e:this.#v(),e===t+1)}#m(e,t){let{id:n}=e.conversation;this.#h(e,()=>this.host.call(`getChanges`,{conversationId:n,sinceVersion:e.conversation.version}),e=>this.changes(e)),t&&e.waiting.push(()=>this.change(t))}async#h(e,t,n){e.asking++;let{id:r}=e.conversation,i=await this.#b(t,r);if(e.asking--,this.store.get(r)===e&&(i!==void 0&&n(i),!e.asking)){for(let t of e.waiting.splice(0))t();i!==void 0&&!e.asking&&e.behind>e.conversation.version&&this.#m(e)}}async#g(e){let t=e.conversationId,n=this.#e.get(t);if(n)return void n.push(e);let r=[e];this.#e.set(t,r);let i=await this.#b(()=>this.host.call(`getConversation`,{conversationId:t}),t);if(this.#e.get(t)===r){if(!i)return void this.#e.delete(t);this.#i.add(t),this.#s(v(i.conversation))}}#_(e){let t=this.#e.get(e)??[];this.#e.delete(e);for(let e of t)this.change(e)}async#v(){if(this.#n=this.#t!==void 0,this.#n)return;let e=[];this.#t=e;let t=this.store.present(this.host.heldMax()),n=t&&await this.#b(()=>this.host.call(`resume`,t));if(this.#t===e){this.#t=void 0,n&&this.#y(n);for(let t of e)this.change(t);this.#n&&this.#v()}}#y(e){this.#r.clear(),this.#i.clear(),this.store.epoch=e.epoch??``,this.store.inboxVersion=e.inboxVersion??0;for(let t of e.gone??[])this.store.remove(t);for(let t of e.changes??[])this.changes(t);for(let{id:e,lastSeq:t}of this.store.conversations){let n=this.store.get(e);n?.toldTo&&n.toldTo<t&&!n.asking&&this.#d(n,n.conversation,n.toldTo)}for(let t of e.readStates??[])this.store.readState(t.conversationId??``,xe(t));this.store.totalUnread=e.totalUnread??0,e.reloadList&&this.host.reloadList()}async#b(e,t){for(let n=0;;n++)try{return await e()}catch(e){let r=s(e);if(t!==void 0&&We(r)){this.store.remove(t);return}if(!r.temporary){this.host.error(r);return}try{await this.host.pause(r,n)}catch{return}}}};function Ke({toldFrom:e,toldTo:t},n){return n>=e&&n<=t}var qe=6e3,Je=3e3,Ye=class{#e=new Map;#t=new Map;constructor(e,t,n){this.clock=e,this.tell=t,this.changed=n}set(e,t){let n=this.#t.get(e),r=this.clock.now();t?(n===void 0||r-n>=Je)&&(this.#t.set(e,r),this.tell(e,!0)):this.#t.delete(e)&&n!==void 0&&r-n<qe&&this.tell(e,!1)}sent(e){this.#t.delete(e)}of(e){return[...this.#e.get(e)?.keys()??[]]}heard(e,t,n){let r=this.#e.get(e);r||this.#e.set(e,r=new Map);let i=r.get(t);i?.(),n?r.set(t,this.clock.after(qe,()=>this.heard(e,t,!1))):r.delete(t),n!==(i!==void 0)&&this.changed(e)}clear(){for(let[e,t]of this.#e)for(let n of[...t.keys()])this.heard(e,n,!1);this.#t.clear()}},Xe=100,Ze=5e3,Qe=class{#e=new Map;#t=new Set;#n=new Set;#r=!1;constructor(e,t){this.ask=e,this.changed=t}learn(e){for(let t of e)t?.id&&(this.#e.delete(t.id),this.#e.set(t.id,t),this.#t.delete(t.id));for(let e of this.#e.keys()){if(this.#e.size<=Ze)break;this.#e.delete(e)}}get(e){let t=this.#e.get(e);return!t&&e&&!this.#n.has(e)&&(this.#t.add(e),this.#r||this.#i()),t}isRefused(e){return this.#n.has(e)}connected(){this.#n.clear(),this.#t.size&&!this.#r&&this.#i()}async#i(){this.#r=!0,await Promise.resolve();try{for(;this.#t.size;)await this.#a([...this.#t].slice(0,Xe)),this.changed()}catch{}finally{this.#r=!1}}async#a(e){try{this.learn(await this.ask(e))}catch(e){if(s(e).temporary)throw e}for(let t of e)this.#t.delete(t)&&this.#n.add(t)}},$e=80,et=8192,tt=class{#e;#t=new me;#n;#r;#i;#a;#o;#s;#c;#l;#u=new Map;#d;#f=!1;#p=!1;#m;#h={};constructor(e){this.#e=je(e);let{clock:t}=this.#e,n=e=>this.#t.emit(`error`,e),r=e=>this.#t.emit(`history`,{conversationId:e});this.#n=new pe(this.#e,{held:()=>{let e=this.#r.present(this.#O);return this.#f=e!==void 0,e},limits:()=>this.#h,suspect:e=>this.#o.suspect(e),welcomed:e=>this.#C(e),event:e=>this.#T(e),state:e=>this.#w(e),doubt:e=>{this.#p=e,this.#t.emit(`doubt`,e)},error:n}),this.#l=new Qe(async e=>((await this.#n.call(`getUsers`,{userIds:e})).users??[]).map(g),()=>this.#t.emit(`users`,void 0)),this.#r=new He({peopleTold:e=>this.#l.learn(e),listChanged:()=>this.#t.emit(`list`,void 0),conversationChanged:e=>{let t=this.#r.get(e)?.conversation.version;t!==void 0&&this.#o.settle(e,t),r(e)},unreadChanged:e=>this.#t.emit(`unread`,e)}),this.#i=new Ge(this.#r,{call:(e,t)=>this.#n.call(e,t),pause:(e,t)=>this.#D(e,t),message:(e,t)=>this.#E(e,t),reload:e=>void this.history(e).loadNewest().catch(n),reloadList:()=>void this.#a.load().catch(n),heldMax:()=>this.#O,error:n}),this.#a=new De(this.#r,this.#i,e=>this.#n.call(`listConversations`,e),()=>this.#t.emit(`list`,void 0)),this.#o=new Pe(this.#e.outboxStore,()=>t.now(),{send:e=>this.#b(e.conversationId,e.clientId,e.text),pause:(e,t)=>this.#D(e,t),isShown:({conversationId:e,version:t})=>(this.conversation(e)?.version??0)>=t,changed:r,error:n}),this.#s=new Ye(t,(e,t)=>this.#n.tell(`setTyping`,{conversationId:e,typing:t}),e=>this.#t.emit(`typing`,{conversationId:e,userIds:this.typing(e)})),this.#c=new Le(e=>this.#n.call(`watchPresence`,{userIds:e}),e=>this.#t.emit(`presence`,e))}connect(){this.#d??=this.#o.restore(),this.#n.connect()}disconnect(){this.#n.disconnect()}ready(e=this.#e.connectTimeoutMs){return this.#n.connected(e)}get state(){return this.#n.state}get inDoubt(){return this.#p}get me(){return this.#m}get limits(){return this.#h}on(e,t){return this.#t.on(e,t)}get conversations(){return this.#r.conversations}get listLoaded(){return this.#a.loaded}get moreConversations(){return this.#a.more}get totalUnread(){return this.#r.totalUnread}loadMoreConversations(){return this.#a.loadMore()}conversation(e){return this.#r.get(e)?.conversation}async fetchConversation(e){let t=this.conversation(e);if(t)return t;let{conversation:n}=await this.#n.call(`getConversation`,{conversationId:e});return this.#y(n)}startDirect(e,t){return this.#g({kind:Te(`direct`),with:[e],...t&&{firstMessage:t}})}startGroup(e,t){return this.#g({kind:Te(`group`),subject:e,with:[...t],clientId:this.#e.uuid()})}sendMail(e,t=this.#e.uuid()){let{to:n,copy:r=[],subject:i=``,text:a,inReplyTo:o=``}=e,s={clientId:t,text:a};return this.#g({kind:Te(`mail`),with:[...n],copy:[...r],subject:i,clientId:t,firstMessage:s,inReplyTo:o})}startNoteToSelf(){return this.#g({kind:Te(`note_to_self`)})}rename(e,t){return this.#v(this.#n.call(`renameConversation`,{conversationId:e,subject:t}))}addMembers(e,t){return this.#v(this.#n.call(`addMembers`,{conversationId:e,users:[...t]}))}async removeMember(e,t){await this.#n.call(`removeMember`,{conversationId:e,userId:t}),t===this.#m?.id&&this.#r.remove(e)}async leave(e){await this.#n.connected(this.#e.commandTimeoutMs),await this.removeMember(e,this.#m?.id??``)}closeConversation(e){return this.#v(this.#n.call(`closeConversation`,{conversationId:e}))}reopenConversation(e){return this.#v(this.#n.call(`reopenConversation`,{conversationId:e}))}async deleteConversation(e,t=!1){await this.#n.call(`deleteConversation`,{conversationId:e,forAll:t}),this.#r.remove(e)}async listMembers(e,t=``){let n=await this.#n.call(`listMembers`,{conversationId:e,cursor:t}),r=(n.members??[]).map(be);return this.#l.learn(r.map(({user:e})=>e)),{items:r,nextCursor:n.nextCursor??``}}history(e){let t=this.#u.get(e);return t||(t=new Ee(e,this.#r,{getHistory:e=>this.#n.call(`getHistory`,e),getChanges:e=>this.#n.call(`getChanges`,e),outgoing:e=>this.#x(e)}),this.#u.set(e,t)),t}send(e,t){this.#s.sent(e);let n=this.#e.uuid(),r=f(t),i=ee(`sendMessage`,{conversationId:e,clientId:n,text:r},this.#h);return this.#o.push(e,n,r,i)}retry(e){this.#o.retry(e)}discard(e){this.#o.discard(e)}async edit(e,t,n){let{message:r}=await this.#n.call(`editMessage`,{conversationId:e,messageId:t,text:n});return _(r??{})}async delete(e,t){await this.#n.call(`deleteMessage`,{conversationId:e,messageId:t})}async deleteOwnCopy(e,t){await this.#n.call(`deleteMessage`,{conversationId:e,messageId:t,ownCopy:!0})}async markRead(e,t){let n=this.conversation(e),r=t??n?.lastSeq??0;n&&r<=n.readState.readSeq&&n.readState.unread===0&&!n.readState.markedUnread||this.#S(await this.#n.call(`markRead`,{conversationId:e,seq:r}))}async markUnread(e){this.#S(await this.#n.call(`markUnread`,{conversationId:e}))}setTyping(e,t){this.#s.set(e,t)}typing(e){return this.#s.of(e)}watchPresence(e){return this.#c.add(e)}presence(e){return this.#c.get(e)}async getPresence(e){let{presences:t=[]}=await this.#n.call(`getPresence`,{userIds:[...e]});return t.map(we)}async searchDirectory(e,t=0,n=``){let{hits:r=[],nextCursor:i=``,mayStartGroup:a=!1}=await this.#n.call(`searchDirectory`,{query:e,limit:t,cursor:n}),o=r.map(ye);return this.#l.learn(o.map(({user:e})=>e)),{items:o,nextCursor:i,mayStartGroup:a}}relate(e,t){return this.#_(this.#n.call(`relate`,{relation:e,user:t}))}acceptRelation(e,t){return this.#_(this.#n.call(`acceptRelation`,{relation:e,user:t}))}unrelate(e,t){return this.#_(this.#n.call(`unrelate`,{relation:e,user:t}))}async relations(e=``,t=``){let{relations:n=[],nextCursor:r=``}=await this.#n.call(`listRelations`,{relation:e,cursor:t}),i=n.map(ve);return this.#l.learn(i.map(({user:e})=>e)),{items:i,nextCursor:r}}async getUsers(e){let{users:t=[]}=await this.#n.call(`getUsers`,{userIds:[...e]}),n=t.map(g);return this.#l.learn(n),n}user(e){return this.#l.get(e)}isHidden(e){return this.#l.isRefused(e)}async#g(e){let{conversation:t,created:n}=await this.#n.call(`startConversation`,e);return n&&this.#i.started(v(t)),this.#y(t)}async#_(e){let{relation:t}=await e;return t&&ve(t)}async#v(e){return this.#y((await e).conversation)}#y(e){let t=v(e);return this.#i.offer(t),this.conversation(t.id)??t}async#b(e,t,n){let{message:r}=await this.#n.call(`sendMessage`,{conversationId:e,clientId:t,text:n});return _(r??{})}#x(e){let t=this.#o.of(e),n=t.length?this.#r.get(e)?.timeline.messages??[]:[],r=new Set(n.filter(({authorId:e})=>e===this.#m?.id).map(({clientId:e})=>e));return t.filter(({clientId:e})=>!r.has(e))}#S({readState:e={}}){let t=e.conversationId??``,n=this.conversation(t)?.readState,r=xe(e);!n||r.readSeq<n.readSeq||(r.readSeq>n.readSeq||r.markedUnread!==n.markedUnread)&&this.#r.readState(t,r)}#C(e){this.#m=g(e.me),this.#l.learn([this.#m]),this.#h=e.limits??{},this.#r.totalUnread=e.totalUnread??0,this.#i.welcome(e.resumed,this.#f)||queueMicrotask(()=>void this.#a.load().catch(e=>this.#t.emit(`error`,e)))}#w(e){e.name===`connected`?(this.#c.connected(),this.#l.connected(),this.#o.start()):(this.#s.clear(),(e.name===`disconnected`||e.name===`closed`)&&this.#o.stop()),this.#t.emit(`state`,e)}#T(e){let{typing:t,presenceChanged:n,relationChanged:r}=e;t?this.#s.heard(t.conversationId??``,t.userId??``,t.typing??!1):n?this.#c.take(n):r?this.#t.emit(`relation`,ve(r.relation??{})):this.#i.event(e)}#E(e,t){this.#s.heard(t.conversationId,t.authorId,!1),t.authorId===this.#m?.id&&this.#o.settle(t.conversationId,t.version,t.clientId),this.#t.emit(`message`,{conversation:e,message:t})}#D(e,n){let{clock:r,backoff:i,random:o}=this.#e;return new Promise((s,c)=>{r.after(Math.max(e.retryAfterMs,t(n,i,o)),()=>{let{name:e}=this.state;e===`disconnected`||e===`closed`?c(a()):s()})})}get#O(){let{heldMax:e=1e3,frameBytesMax:t=65536}=this.#h;return Math.min(e,Math.floor((t-et)/$e))}};function nt(e,t=localStorage){let n=`${e}/`;return{async load(){return Array.from({length:t.length},(e,n)=>t.key(n)??``).filter(e=>e.startsWith(n)).map(e=>t.getItem(e)??`null`).flatMap(e=>{try{return JSON.parse(e)??[]}catch{return[]}})},async put(e){t.setItem(n+e.clientId,JSON.stringify(e))},async remove(e){t.removeItem(n+e)}}}var rt={locale:`en`,conversations:`Conversations`,newConversation:`New conversation`,requests:`Requests`,acceptRequest:e=>`Accept the request of ${e}`,declineRequest:e=>`Decline the request of ${e}`,newGroup:`New group`,noteToSelf:`Note to self`,noConversations:`No conversations yet`,noConversationsHint:`Start one and it will appear here.`,chooseConversation:`Choose a conversation`,chooseConversationHint:`Or start a new one.`,noMessages:`No messages yet`,noMessagesHint:`Say hello!`,loading:`Loading…`,loadFailed:`This could not be loaded.`,tryAgain:`Try again`,loadMore:`Show more`,back:`Back to conversations`,you:`You`,said:(e,t)=>`${e}: ${t}`,today:`Today`,yesterday:`Yesterday`,online:`Online`,offline:`Offline`,lastSeen:e=>`Last seen ${e}`,members:e=>e===1?`1 member`:`${e} members`,unread:e=>e===1?`1 unread message`:`${e} unread messages`,markedUnread:`Marked as unread`,markUnread:`Mark as unread`,typingOne:e=>`${e} is typing…`,typingTwo:(e,t)=>`${e} and ${t} are typing…`,typingMany:`Several people are typing…`,newMessages:`New messages`,jumpToLatest:`Jump to the latest message`,someone:`Someone`,jumpToLatestUnread:e=>`${rt.unread(e)}, jump to the latest`,newBelow:`New messages below`,olderFailed:`Older messages couldn’t be loaded.`,newerFailed:`Newer messages couldn’t be loaded.`,notThere:`This conversation doesn’t exist, or isn’t open to you.`,firstMessageHint:`The conversation begins with your first message.`,draft:`Draft: `,messagesOf:e=>`Messages with ${e}`,writeMessage:`Write a message`,send:`Send`,cannotSend:`You can't write here at the moment: the rules don't allow it.`,cannotSendTo:e=>`You can't write to ${e} at the moment: the rules don't allow it.`,closedConversation:`This conversation is closed: nobody can write in it.`,closedReopenable:`This conversation is closed. Reopen it from the menu above to write again.`,lockedConversation:`This conversation is locked: nobody can write in it for now.`,mailIsOneMessage:`This is a mail: it is a single message, and nothing can be added to it.`,peerGone:e=>`${e} is no longer here and can't be written to.`,peerInactive:e=>`${e} is not active at the moment and can't be written to.`,tooLong:`This message is too long.`,sending:`Sending`,sent:`Sent`,read:`Read`,notSent:`Not sent`,retry:`Retry`,discard:`Discard`,edited:`edited`,deleted:`Message deleted`,copy:`Copy`,messageActions:`Message actions`,edit:`Edit`,delete:`Delete`,editing:`Editing a message`,save:`Save`,cancel:`Cancel`,deleteTitle:`Delete this message?`,deleteText:`It disappears for everyone in the conversation.`,conversationActions:`Conversation actions`,rename:`Rename`,renameTitle:`Rename this group`,closeConversation:`Close conversation`,closeTitle:`Close this conversation?`,closeText:`It stays readable, but nobody can write in it unless it is reopened.`,reopenConversation:`Reopen conversation`,deleteCopy:`Delete my copy`,deleteCopyTitle:`Delete your copy of this conversation?`,deleteCopyText:`All its messages disappear for you, for good. The others keep theirs.`,leave:`Leave group`,leaveTitle:`Leave this group?`,leaveText:`You no longer see its messages until someone adds you again.`,close:`Close`,searchPeople:`Search people`,nobodyFound:`Nobody found`,nobodyToWriteTo:`There is nobody you may write to yet`,onlyReachable:`Only people you may reach under the rules here are shown. If somebody is missing, ask those who run this service.`,requestSent:`Request sent`,sendRequest:`Send request`,sendRequestTo:e=>`Send request to ${e}`,onRequest:`On request`,notStartable:`Not open to messages from you`,groupName:`Group name`,createGroup:`Create group`,selected:e=>e===1?`1 person chosen`:`${e} people chosen`,remove:e=>`Remove ${e}`,connecting:`Connecting…`,reconnecting:`Reconnecting…`,waitingForNetwork:`You’re offline. Messages will be sent when you’re back.`,waitingForConnection:`Waiting for connection`,tryNow:`Try now`,closedByServer:`You were disconnected.`,connectAgain:`Connect again`,choosePerson:`Who are you?`,choosePersonHint:`Each person opens in a tab of their own, so you can chat with yourself.`,noDemo:`There is no demo here`,noDemoHint:`This server serves a real community: open the messenger from the product it belongs to.`,signedInAs:e=>`You are ${e}`,errors:{too_large:`This text is too long. Shorten it and try again.`,rate_limited:`Too fast. Please wait a moment.`,not_a_member:`You are no longer in this conversation.`,not_found:`This can't be found, or is not open to you.`,unsupported:`This can't be done here.`,not_author:`Only the author may do this.`,closed:`This conversation is closed.`,locked:`This conversation is locked.`,recipient_inactive:`This person can't receive messages now.`,cannot_start:`You can't start this conversation.`,needs_friend:`Only friends can write to each other here.`,messaging_off:`Messages are turned off.`,window_over:`It is too late to do this.`,group_not_addressable:`This group can't be written to as a whole.`,too_many:`These are more people than may be written to at once. Choose fewer.`,timeout:`The server did not answer in time. Try again.`,unavailable:`There is no connection to the server. Try again in a moment.`,unauthenticated:`You were disconnected. Connect again.`,token_expired:`You were disconnected. Connect again.`,revoked:`You were disconnected. Connect again.`,too_many_connections:`You were disconnected. Connect again.`},startErrors:{not_found:`Not found, or not somebody you may write to.`,needs_friend:`Only friends can write to each other here. Become friends first.`},startGroupErrors:{unsupported:`Conversations of several people are not possible here. Write to one person instead.`},somethingWrong:`Something went wrong.`},it={locale:`fr`,conversations:`Conversations`,newConversation:`Nouvelle conversation`,requests:`Demandes`,acceptRequest:e=>`Accepter la demande de ${e}`,declineRequest:e=>`Refuser la demande de ${e}`,newGroup:`Nouveau groupe`,noteToSelf:`Note à moi-même`,noConversations:`Aucune conversation`,noConversationsHint:`Commencez-en une, elle apparaîtra ici.`,chooseConversation:`Choisissez une conversation`,chooseConversationHint:`Ou commencez-en une nouvelle.`,noMessages:`Aucun message`,noMessagesHint:`Dites bonjour !`,loading:`Chargement…`,loadFailed:`Le chargement a échoué.`,tryAgain:`Réessayer`,loadMore:`Afficher plus`,back:`Retour aux conversations`,you:`Vous`,said:(e,t)=>`${e}\u00a0: ${t}`,today:`Aujourd’hui`,yesterday:`Hier`,online:`En ligne`,offline:`Hors ligne`,lastSeen:e=>`Vu ${e}`,members:e=>e<2?`${e} membre`:`${e} membres`,unread:e=>e<2?`${e} message non lu`:`${e} messages non lus`,markedUnread:`Marquée comme non lue`,markUnread:`Marquer comme non lue`,typingOne:e=>`${e} écrit…`,typingTwo:(e,t)=>`${e} et ${t} écrivent…`,typingMany:`Plusieurs personnes écrivent…`,newMessages:`Nouveaux messages`,jumpToLatest:`Aller au dernier message`,someone:`Quelqu’un`,jumpToLatestUnread:e=>`${it.unread(e)}, aller au dernier`,newBelow:`Nouveaux messages plus bas`,olderFailed:`Les messages plus anciens n’ont pas pu être chargés.`,newerFailed:`Les messages plus récents n’ont pas pu être chargés.`,notThere:`Cette conversation n’existe pas, ou ne vous est pas accessible.`,firstMessageHint:`La conversation commencera avec votre premier message.`,draft:`Brouillon\xA0: `,messagesOf:e=>`Messages avec ${e}`,writeMessage:`Écrire un message`,send:`Envoyer`,cannotSend:`Vous ne pouvez pas écrire ici pour le moment\xA0: les règles ne le permettent pas.`,cannotSendTo:e=>`Vous ne pouvez pas écrire à ${e} pour le moment\u00a0: les règles ne le permettent pas.`,closedConversation:`Cette conversation est close\xA0: personne ne peut y écrire.`,closedReopenable:`Cette conversation est close. Rouvrez-la depuis le menu ci-dessus pour y écrire de nouveau.`,lockedConversation:`Cette conversation est verrouillée\xA0: personne ne peut y écrire pour le moment.`,mailIsOneMessage:`Ceci est un courrier\xA0: c’est un seul message, auquel rien ne s’ajoute.`,peerGone:e=>`${e} n’est plus là et ne peut plus recevoir de messages.`,peerInactive:e=>`${e} ne peut pas recevoir de messages pour le moment.`,tooLong:`Ce message est trop long.`,sending:`Envoi en cours`,sent:`Envoyé`,read:`Lu`,notSent:`Non envoyé`,retry:`Réessayer`,discard:`Abandonner`,edited:`modifié`,deleted:`Message supprimé`,copy:`Copier`,messageActions:`Actions sur le message`,edit:`Modifier`,delete:`Supprimer`,editing:`Modification d’un message`,save:`Enregistrer`,cancel:`Annuler`,deleteTitle:`Supprimer ce message ?`,deleteText:`Il disparaît pour tous les membres de la conversation.`,conversationActions:`Actions sur la conversation`,rename:`Renommer`,renameTitle:`Renommer ce groupe`,closeConversation:`Clore la conversation`,closeTitle:`Clore cette conversation ?`,closeText:`Elle reste lisible, mais personne ne peut y écrire tant qu’elle n’est pas rouverte.`,reopenConversation:`Rouvrir la conversation`,deleteCopy:`Supprimer ma copie`,deleteCopyTitle:`Supprimer votre copie de cette conversation ?`,deleteCopyText:`Tous ses messages disparaissent pour vous, définitivement. Les autres gardent les leurs.`,leave:`Quitter le groupe`,leaveTitle:`Quitter ce groupe ?`,leaveText:`Vous ne verrez plus ses messages tant que personne ne vous y ajoute de nouveau.`,close:`Fermer`,searchPeople:`Chercher des personnes`,nobodyFound:`Personne ne correspond`,nobodyToWriteTo:`Il n’y a encore personne à qui vous puissiez écrire`,onlyReachable:`Seules apparaissent les personnes que les règles d’ici vous permettent de joindre. S’il manque quelqu’un, adressez-vous aux responsables de ce service.`,requestSent:`Demande envoyée`,sendRequest:`Demander`,sendRequestTo:e=>`Demander la mise en relation à ${e}`,onRequest:`Sur demande`,notStartable:`Ne reçoit pas de messages de votre part`,groupName:`Nom du groupe`,createGroup:`Créer le groupe`,selected:e=>e<2?`${e} personne choisie`:`${e} personnes choisies`,remove:e=>`Retirer ${e}`,connecting:`Connexion…`,reconnecting:`Reconnexion…`,waitingForNetwork:`Hors ligne. Vos messages partiront dès votre retour.`,waitingForConnection:`En attente de connexion`,tryNow:`Réessayer`,closedByServer:`Vous avez été déconnecté.`,connectAgain:`Se reconnecter`,choosePerson:`Qui êtes-vous ?`,choosePersonHint:`Chaque personne s’ouvre dans son propre onglet\xA0: vous pouvez discuter avec vous-même.`,noDemo:`Il n’y a pas de démonstration ici`,noDemoHint:`Ce serveur sert une vraie communauté\xA0: ouvrez la messagerie depuis le produit dont elle fait partie.`,signedInAs:e=>`Vous êtes ${e}`,errors:{too_large:`Ce texte est trop long. Raccourcissez-le et réessayez.`,rate_limited:`Trop vite. Patientez un instant.`,not_a_member:`Vous n’êtes plus dans cette conversation.`,not_found:`C’est introuvable, ou ne vous est pas accessible.`,unsupported:`Cela n’est pas possible ici.`,not_author:`Seul l’auteur peut faire cela.`,closed:`Cette conversation est close.`,locked:`Cette conversation est verrouillée.`,recipient_inactive:`Cette personne ne peut pas recevoir de messages pour le moment.`,cannot_start:`Vous ne pouvez pas commencer cette conversation.`,needs_friend:`Seuls des amis peuvent s’écrire ici.`,messaging_off:`La messagerie est désactivée.`,window_over:`Il est trop tard pour faire cela.`,group_not_addressable:`On ne peut pas écrire à ce groupe dans son ensemble.`,too_many:`C’est plus de personnes qu’on ne peut en joindre à la fois. Choisissez-en moins.`,timeout:`Le serveur n’a pas répondu à temps. Réessayez.`,unavailable:`Le serveur est injoignable. Réessayez dans un instant.`,unauthenticated:`Vous avez été déconnecté. Reconnectez-vous.`,token_expired:`Vous avez été déconnecté. Reconnectez-vous.`,revoked:`Vous avez été déconnecté. Reconnectez-vous.`,too_many_connections:`Vous avez été déconnecté. Reconnectez-vous.`},startErrors:{not_found:`Introuvable, ou ce n’est pas quelqu’un à qui vous pouvez écrire.`,needs_friend:`Seuls des amis peuvent s’écrire ici. Devenez d’abord amis.`},startGroupErrors:{unsupported:`Les conversations à plusieurs ne sont pas possibles ici. Écrivez à une seule personne.`},somethingWrong:`Un problème est survenu.`},at={en:rt,fr:it},y=rt,ot=`en`;function st(e){let t=e=>e.slice(0,2).toLowerCase(),n=e.find(e=>at[t(e)])??`en`;return y=at[t(n)]??rt,ot=e.find(e=>e.length>2&&t(e)===t(n))??n,y}function b(e,t={}){let n=e instanceof r?e.name:`unspecified`;return t[n]??y.errors[n]??y.somethingWrong}var ct=globalThis,lt=ct.ShadowRoot&&(ct.ShadyCSS===void 0||ct.ShadyCSS.nativeShadow)&&`adoptedStyleSheets`in Document.prototype&&`replace`in CSSStyleSheet.prototype,ut=Symbol(),dt=new WeakMap,ft=class{constructor(e,t,n){if(this._$cssResult$=!0,n!==ut)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(lt&&e===void 0){let n=t!==void 0&&t.length===1;n&&(e=dt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),n&&dt.set(t,e))}return e}toString(){return this.cssText}},pt=e=>new ft(typeof e==`string`?e:e+``,void 0,ut),x=(e,...t)=>new ft(e.length===1?e[0]:t.reduce((t,n,r)=>t+(e=>{if(!0===e._$cssResult$)return e.cssText;if(typeof e==`number`)return e;throw Error(`Value passed to 'css' function must be a 'css' function result: `+e+`. Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.`)})(n)+e[r+1],e[0]),e,ut),mt=(e,t)=>{if(lt)e.adoptedStyleSheets=t.map(e=>e instanceof CSSStyleSheet?e:e.styleSheet);else for(let n of t){let t=document.createElement(`style`),r=ct.litNonce;r!==void 0&&t.setAttribute(`nonce`,r),t.textContent=n.cssText,e.appendChild(t)}},ht=lt?e=>e:e=>e instanceof CSSStyleSheet?(e=>{let t=``;for(let n of e.cssRules)t+=n.cssText;return pt(t)})(e):e,{is:gt,defineProperty:_t,getOwnPropertyDescriptor:vt,getOwnPropertyNames:yt,getOwnPropertySymbols:bt,getPrototypeOf:xt}=Object,St=globalThis,Ct=St.trustedTypes,wt=Ct?Ct.emptyScript:``,Tt=St.reactiveElementPolyfillSupport,Et=(e,t)=>e,Dt={toAttribute(e,t){switch(t){case Boolean:e=e?wt:null;break;case Object:case Array:e=e==null?e:JSON.stringify(e)}return e},fromAttribute(e,t){let n=e;switch(t){case Boolean:n=e!==null;break;case Number:n=e===null?null:Number(e);break;case Object:case Array:try{n=JSON.parse(e)}catch{n=null}}return n}},Ot=(e,t)=>!gt(e,t),kt={attribute:!0,type:String,converter:Dt,reflect:!1,useDefault:!1,hasChanged:Ot};Symbol.metadata??=Symbol(`metadata`),St.litPropertyMetadata??=new WeakMap;var At=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=kt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let n=Symbol(),r=this.getPropertyDescriptor(e,n,t);r!==void 0&&_t(this.prototype,e,r)}}static getPropertyDescriptor(e,t,n){let{get:r,set:i}=vt(this.prototype,e)??{get(){return this[t]},set(e){this[t]=e}};return{get:r,set(t){let a=r?.call(this);i?.call(this,t),this.requestUpdate(e,a,n)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??kt}static _$Ei(){if(this.hasOwnProperty(Et(`elementProperties`)))return;let e=xt(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(Et(`finalized`)))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(Et(`properties`))){let e=this.properties,t=[...yt(e),...bt(e)];for(let n of t)this.createProperty(n,e[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[e,n]of t)this.elementProperties.set(e,n)}this._$Eh=new Map;for(let[e,t]of this.elementProperties){let n=this._$Eu(e,t);n!==void 0&&this._$Eh.set(n,e)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let n=new Set(e.flat(1/0).reverse());for(let e of n)t.unshift(ht(e))}else e!==void 0&&t.push(ht(e));return t}static _$Eu(e,t){let n=t.attribute;return!1===n?void 0:typeof n==`string`?n:typeof e==`string`?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let n of t.keys())this.hasOwnProperty(n)&&(e.set(n,this[n]),delete this[n]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return mt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,n){this._$AK(e,n)}_$ET(e,t){let n=this.constructor.elementProperties.get(e),r=this.constructor._$Eu(e,n);if(r!==void 0&&!0===n.reflect){let i=(n.converter?.toAttribute===void 0?Dt:n.converter).toAttribute(t,n.type);this._$Em=e,i==null?this.removeAttribute(r):this.setAttribute(r,i),this._$Em=null}}_$AK(e,t){let n=this.constructor,r=n._$Eh.get(e);if(r!==void 0&&this._$Em!==r){let e=n.getPropertyOptions(r),i=typeof e.converter==`function`?{fromAttribute:e.converter}:e.converter?.fromAttribute===void 0?Dt:e.converter;this._$Em=r;let a=i.fromAttribute(t,e.type);this[r]=a??this._$Ej?.get(r)??a,this._$Em=null}}requestUpdate(e,t,n,r=!1,i){if(e!==void 0){let a=this.constructor;if(!1===r&&(i=this[e]),n??=a.getPropertyOptions(e),!((n.hasChanged??Ot)(i,t)||n.useDefault&&n.reflect&&i===this._$Ej?.get(e)&&!this.hasAttribute(a._$Eu(e,n))))return;this.C(e,t,n)}!1===this.isUpdatePending&&(this._$ES=this._$EP())}C(e,t,{useDefault:n,reflect:r,wrapped:i},a){n&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,a??t??this[e]),!0!==i||a!==void 0)||(this._$AL.has(e)||(this.hasUpdated||n||(t=void 0),this._$AL.set(e,t)),!0===r&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(e){Promise.reject(e)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[e,t]of this._$Ep)this[e]=t;this._$Ep=void 0}let e=this.constructor.elementProperties;if(e.size>0)for(let[t,n]of e){let{wrapped:e}=n,r=this[t];!0!==e||this._$AL.has(t)||r===void 0||this.C(t,void 0,n,r)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(e=>e.hostUpdate?.()),this.update(t)):this._$EM()}catch(t){throw e=!1,this._$EM(),t}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(e=>e.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(e=>this._$ET(e,this[e])),this._$EM()}updated(e){}firstUpdated(e){}};At.elementStyles=[],At.shadowRootOptions={mode:`open`},At[Et(`elementProperties`)]=new Map,At[Et(`finalized`)]=new Map,Tt?.({ReactiveElement:At}),(St.reactiveElementVersions??=[]).push(`2.1.2`);var jt=globalThis,Mt=e=>e,Nt=jt.trustedTypes,Pt=Nt?Nt.createPolicy(`lit-html`,{createHTML:e=>e}):void 0,Ft=`$lit$`,S=`lit$${Math.random().toFixed(9).slice(2)}$`,It=`?`+S,Lt=`<${It}>`,C=document,Rt=()=>C.createComment(``),zt=e=>e===null||typeof e!=`object`&&typeof e!=`function`,Bt=Array.isArray,Vt=e=>Bt(e)||typeof e?.[Symbol.iterator]==`function`,Ht=`[ 	
\f\r]`,Ut=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Wt=/-->/g,Gt=/>/g,w=RegExp(`>|${Ht}(?:([^\\s"'>=/]+)(${Ht}*=${Ht}*(?:[^ \t\n\f\r"'\`<>=]|("|')|))|$)`,`g`),Kt=/'/g,qt=/"/g,Jt=/^(?:script|style|textarea|title)$/i,T=(e=>(t,...n)=>({_$litType$:e,strings:t,values:n}))(1),E=Symbol.for(`lit-noChange`),D=Symbol.for(`lit-nothing`),Yt=new WeakMap,O=C.createTreeWalker(C,129);function Xt(e,t){if(!Bt(e)||!e.hasOwnProperty(`raw`))throw Error(`invalid template strings array`);return Pt===void 0?t:Pt.createHTML(t)}var Zt=(e,t)=>{let n=e.length-1,r=[],i,a=t===2?`<svg>`:t===3?`<math>`:``,o=Ut;for(let t=0;t<n;t++){let n=e[t],s,c,l=-1,u=0;for(;u<n.length&&(o.lastIndex=u,c=o.exec(n),c!==null);)u=o.lastIndex,o===Ut?c[1]===`!--`?o=Wt:c[1]===void 0?c[2]===void 0?c[3]!==void 0&&(o=w):(Jt.test(c[2])&&(i=RegExp(`</`+c[2],`g`)),o=w):o=Gt:o===w?c[0]===`>`?(o=i??Ut,l=-1):c[1]===void 0?l=-2:(l=o.lastIndex-c[2].length,s=c[1],o=c[3]===void 0?w:c[3]===`"`?qt:Kt):o===qt||o===Kt?o=w:o===Wt||o===Gt?o=Ut:(o=w,i=void 0);let d=o===w&&e[t+1].startsWith(`/>`)?` `:``;a+=o===Ut?n+Lt:l>=0?(r.push(s),n.slice(0,l)+Ft+n.slice(l)+S+d):n+S+(l===-2?t:d)}return[Xt(e,a+(e[n]||`<?>`)+(t===2?`</svg>`:t===3?`</math>`:``)),r]},Qt=class e{constructor({strings:t,_$litType$:n},r){let i;this.parts=[];let a=0,o=0,s=t.length-1,c=this.parts,[l,u]=Zt(t,n);if(this.el=e.createElement(l,r),O.currentNode=this.el.content,n===2||n===3){let e=this.el.content.firstChild;e.replaceWith(...e.childNodes)}for(;(i=O.nextNode())!==null&&c.length<s;){if(i.nodeType===1){if(i.hasAttributes())for(let e of i.getAttributeNames())if(e.endsWith(Ft)){let t=u[o++],n=i.getAttribute(e).split(S),r=/([.?@])?(.*)/.exec(t);c.push({type:1,index:a,name:r[2],strings:n,ctor:r[1]===`.`?nn:r[1]===`?`?rn:r[1]===`@`?an:tn}),i.removeAttribute(e)}else e.startsWith(S)&&(c.push({type:6,index:a}),i.removeAttribute(e));if(Jt.test(i.tagName)){let e=i.textContent.split(S),t=e.length-1;if(t>0){i.textContent=Nt?Nt.emptyScript:``;for(let n=0;n<t;n++)i.append(e[n],Rt()),O.nextNode(),c.push({type:2,index:++a});i.append(e[t],Rt())}}}else if(i.nodeType===8){if(i.data===It)c.push({type:2,index:a});else{let e=-1;for(;(e=i.data.indexOf(S,e+1))!==-1;)c.push({type:7,index:a}),e+=S.length-1}}a++}}static createElement(e,t){let n=C.createElement(`template`);return n.innerHTML=e,n}};function k(e,t,n=e,r){if(t===E)return t;let i=r===void 0?n._$Cl:n._$Co?.[r],a=zt(t)?void 0:t._$litDirective$;return i?.constructor!==a&&(i?._$AO?.(!1),a===void 0?i=void 0:(i=new a(e),i._$AT(e,n,r)),r===void 0?n._$Cl=i:(n._$Co??=[])[r]=i),i!==void 0&&(t=k(e,i._$AS(e,t.values),i,r)),t}var $t=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:n}=this._$AD,r=(e?.creationScope??C).importNode(t,!0);O.currentNode=r;let i=O.nextNode(),a=0,o=0,s=n[0];for(;s!==void 0;){if(a===s.index){let t;s.type===2?t=new en(i,i.nextSibling,this,e):s.type===1?t=new s.ctor(i,s.name,s.strings,this,e):s.type===6&&(t=new on(i,this,e)),this._$AV.push(t),s=n[++o]}a!==s?.index&&(i=O.nextNode(),a++)}return O.currentNode=C,r}p(e){let t=0;for(let n of this._$AV)n!==void 0&&(n.strings===void 0?n._$AI(e[t]):(n._$AI(e,n,t),t+=n.strings.length-2)),t++}},en=class e{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,n,r){this.type=2,this._$AH=D,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=n,this.options=r,this._$Cv=r?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=k(this,e,t),zt(e)?e===D||e==null||e===``?(this._$AH!==D&&this._$AR(),this._$AH=D):e!==this._$AH&&e!==E&&this._(e):e._$litType$===void 0?e.nodeType===void 0?Vt(e)?this.k(e):this._(e):this.T(e):this.$(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==D&&zt(this._$AH)?this._$AA.nextSibling.data=e:this.T(C.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:n}=e,r=typeof n==`number`?this._$AC(e):(n.el===void 0&&(n.el=Qt.createElement(Xt(n.h,n.h[0]),this.options)),n);if(this._$AH?._$AD===r)this._$AH.p(t);else{let e=new $t(r,this),n=e.u(this.options);e.p(t),this.T(n),this._$AH=e}}_$AC(e){let t=Yt.get(e.strings);return t===void 0&&Yt.set(e.strings,t=new Qt(e)),t}k(t){Bt(this._$AH)||(this._$AH=[],this._$AR());let n=this._$AH,r,i=0;for(let a of t)i===n.length?n.push(r=new e(this.O(Rt()),this.O(Rt()),this,this.options)):r=n[i],r._$AI(a),i++;i<n.length&&(this._$AR(r&&r._$AB.nextSibling,i),n.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let t=Mt(e).nextSibling;Mt(e).remove(),e=t}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},tn=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,n,r,i){this.type=1,this._$AH=D,this._$AN=void 0,this.element=e,this.name=t,this._$AM=r,this.options=i,n.length>2||n[0]!==``||n[1]!==``?(this._$AH=Array(n.length-1).fill(new String),this.strings=n):this._$AH=D}_$AI(e,t=this,n,r){let i=this.strings,a=!1;if(i===void 0)e=k(this,e,t,0),a=!zt(e)||e!==this._$AH&&e!==E,a&&(this._$AH=e);else{let r=e,o,s;for(e=i[0],o=0;o<i.length-1;o++)s=k(this,r[n+o],t,o),s===E&&(s=this._$AH[o]),a||=!zt(s)||s!==this._$AH[o],s===D?e=D:e!==D&&(e+=(s??``)+i[o+1]),this._$AH[o]=s}a&&!r&&this.j(e)}j(e){e===D?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??``)}},nn=class extends tn{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===D?void 0:e}},rn=class extends tn{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==D)}},an=class extends tn{constructor(e,t,n,r,i){super(e,t,n,r,i),this.type=5}_$AI(e,t=this){if((e=k(this,e,t,0)??D)===E)return;let n=this._$AH,r=e===D&&n!==D||e.capture!==n.capture||e.once!==n.once||e.passive!==n.passive,i=e!==D&&(n===D||r);r&&this.element.removeEventListener(this.name,this,n),i&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH==`function`?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},on=class{constructor(e,t,n){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=n}get _$AU(){return this._$AM._$AU}_$AI(e){k(this,e)}},sn={M:Ft,P:S,A:It,C:1,L:Zt,R:$t,D:Vt,V:k,I:en,H:tn,N:rn,U:an,B:nn,F:on},cn=jt.litHtmlPolyfillSupport;cn?.(Qt,en),(jt.litHtmlVersions??=[]).push(`3.3.3`);var ln=(e,t,n)=>{let r=n?.renderBefore??t,i=r._$litPart$;if(i===void 0){let e=n?.renderBefore??null;r._$litPart$=i=new en(t.insertBefore(Rt(),e),e,void 0,n??{})}return i._$AI(e),i},un=globalThis,A=class extends At{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=ln(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return E}};A._$litElement$=!0,A.finalized=!0,un.litElementHydrateSupport?.({LitElement:A});var dn=un.litElementPolyfillSupport;dn?.({LitElement:A}),(un.litElementVersions??=[]).push(`4.2.2`);var j=e=>(t,n)=>{n===void 0?customElements.define(e,t):n.addInitializer(()=>{customElements.define(e,t)})},fn={attribute:!0,type:String,converter:Dt,reflect:!1,hasChanged:Ot},pn=(e=fn,t,n)=>{let{kind:r,metadata:i}=n,a=globalThis.litPropertyMetadata.get(i);if(a===void 0&&globalThis.litPropertyMetadata.set(i,a=new Map),r===`setter`&&((e=Object.create(e)).wrapped=!0),a.set(n.name,e),r===`accessor`){let{name:r}=n;return{set(n){let i=t.get.call(this);t.set.call(this,n),this.requestUpdate(r,i,e,!0,n)},init(t){return t!==void 0&&this.C(r,void 0,e,t),t}}}if(r===`setter`){let{name:r}=n;return function(n){let i=this[r];t.call(this,n),this.requestUpdate(r,i,e,!0,n)}}throw Error(`Unsupported decorator location: `+r)};function M(e){return(t,n)=>typeof n==`object`?pn(e,t,n):((e,t,n)=>{let r=t.hasOwnProperty(n);return t.constructor.createProperty(n,e),r?Object.getOwnPropertyDescriptor(t,n):void 0})(e,t,n)}function N(e){return M({...e,state:!0,attribute:!1})}var mn=(e,t,n)=>(n.configurable=!0,n.enumerable=!0,Reflect.decorate&&typeof t!=`object`&&Object.defineProperty(e,t,n),n);function P(e,t){return(n,r,i)=>{let a=t=>t.renderRoot?.querySelector(e)??null;if(t){let{get:e,set:t}=typeof r==`object`?n:i??(()=>{let e=Symbol();return{get(){return this[e]},set(t){this[e]=t}}})();return mn(n,r,{get(){let n=e.call(this);return n===void 0&&(n=a(this),(n!==null||this.hasUpdated)&&t.call(this,n)),n}})}return mn(n,r,{get(){return a(this)}})}}function F(e){return T`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${e}></path></svg>`}var hn=F(`M12 5v14M5 12h14`),gn=F(`M15 5l-7 7 7 7`),_n=F(`M4.5 12h7M4.5 4.5l16 7.5-16 7.5 2.6-7.5z`),vn=F(`M6 6l12 12M18 6L6 18`),yn=F(`M6 12h.01M12 12h.01M18 12h.01`),bn=F(`M12 5v14M6 13l6 6 6-6`),xn=F(`M4 20h4L19 9l-4-4L4 16zM13 7l4 4`),Sn=F(`M9 9h11v11H9zM15 9V4H4v11h5`),Cn=F(`M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5`),wn=F(`M4 8.5V20h16V8.500M3 4h18v4.500H3zM10 12.500h4`),Tn=F(`M4 12a8 8 0 1 0 2.500-5.800L4 8.500M4 4v4.500h4.500`),En=F(`M10 4H5v16h5M15 8l4 4-4 4M19 12H9.500`),Dn=F(`M20.5 11.500V18h-17V6.500h10.500M4 7.500l8 5.500 3.500-2.400M19 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z`);F(`M11 18a7 7 0 1 1 0-14 7 7 0 0 1 0 14zM16 16l4.5 4.5`);var On=F(`M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14.5a6.5 6.5 0 0 1 3.5 5.5`),kn=F(`M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h4`),An=F(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4l2.5 2`),jn=F(`M5 12.5l4.5 4.5L19 7.5`),Mn=F(`M2 12.5L6.5 17 15 8M11.5 16.5l.5.5L21 8`),Nn=F(`M12 20a8 8 0 1 1 0-16 8 8 0 0 1 0 16zM12 8v4.5M12 15.7h.01`),I=F(`M12 20a8 8 0 1 1 8-8c0 1.5-.4 2.9-1.1 4.1L20 20l-4-.9A8 8 0 0 1 12 20z`);function L(e,t){if(e.kind===`direct`)return e.members.find(({user:e})=>e.id!==t)?.user}function R(e){return e?.name||e?.externalId||`?`}function Pn(e,t){let n=e.user(t);return n?R(n):e.isHidden(t)?y.someone:void 0}function z(e){return e.externalId||e.id}function Fn(e,t){return e.kind===`note_to_self`?y.noteToSelf:e.kind===`direct`?R(L(e,t)):e.subject?e.subject:e.members.filter(({user:e})=>e.id!==t).map(({user:e})=>R(e)).join(`, `)||y.newGroup}function In(e){let t=e.split(/[\s,'’-]+/).filter(Boolean);return[t[0],t.length>1?t.at(-1):void 0].map(e=>[...e??``][0]??``).join(``).toLocaleUpperCase()}function Ln(e){let t=2166136261;for(let n of e)t=Math.imul(t^(n.codePointAt(0)??0),16777619);return(t>>>0)%10}var Rn=x`
  :host {
    color-scheme: light dark;
    --accent: var(--causerie-accent, light-dark(#4f4fcb, #8f8ff5));
    --on-accent: var(--causerie-on-accent, light-dark(#ffffff, #12121a));
    --accent-soft: var(--causerie-accent-soft, light-dark(#ededfc, #2a2a45));
    --background: var(--causerie-background, light-dark(#ffffff, #131318));
    --surface: var(--causerie-surface, light-dark(#f7f7fa, #1a1a21));
    --raised: var(--causerie-raised, light-dark(#ffffff, #23232c));
    --hover: var(--causerie-hover, light-dark(#eeeef4, #25252e));
    --border: var(--causerie-border, light-dark(#e4e4ec, #2e2e39));
    --field: var(--causerie-field, light-dark(#f1f1f6, #20202a));
    --text: var(--causerie-text, light-dark(#1a1a24, #ececf3));
    --muted: var(--causerie-muted, light-dark(#5e5e6e, #a3a3b5));
    --bubble: var(--causerie-bubble, light-dark(#f0f0f5, #262630));
    --bubble-own: var(--causerie-bubble-own, light-dark(#4f4fcb, #4444b4));
    --on-bubble-own: var(--causerie-on-bubble-own, #ffffff);
    --muted-own: var(--causerie-muted-own, #e3e3ff);
    --danger: var(--causerie-danger, light-dark(#b42335, #ff8f9b));
    --danger-soft: var(--causerie-danger-soft, light-dark(#fdecee, #3c1f26));
    --good: var(--causerie-good, light-dark(#1f9d62, #3ecf8e));
    --warn-soft: var(--causerie-warn-soft, light-dark(#fff4d6, #3a3018));
    --warn: var(--causerie-warn, light-dark(#6b4e00, #f3d489));
    --radius: var(--causerie-radius, 18px);
    --font: var(--causerie-font, "Inter", ui-sans-serif, system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Arial, sans-serif);
    --shadow: 0 1px 2px rgb(0 0 0 / 6%), 0 8px 28px rgb(0 0 0 / 14%);
    color: var(--text);
    font-family: var(--font);
    font-size: 0.9375rem;
    line-height: 1.45;
    -webkit-font-smoothing: antialiased;
  }
`,B=x`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  [hidden] {
    display: none !important;
  }
  h1,
  h2,
  p {
    margin: 0;
    font-size: inherit;
  }
  button,
  input,
  textarea {
    font: inherit;
    color: inherit;
  }
  button {
    border: 0;
    background: none;
    padding: 0;
    cursor: pointer;
  }
  button:disabled {
    cursor: default;
    opacity: 0.45;
  }
  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  /* A title takes the focus to be read from, not to be used. */
  h1:focus-visible,
  h2:focus-visible {
    outline: none;
  }
  .icon {
    width: 22px;
    height: 22px;
    display: block;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.8;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon-button {
    flex: none;
    width: 40px;
    height: 40px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    color: var(--muted);
    transition: background 0.12s, color 0.12s;
  }
  .icon-button:hover:not(:disabled) {
    background: var(--hover);
    color: var(--text);
  }
  .button {
    min-height: 40px;
    padding: 0 18px;
    border-radius: 20px;
    font-weight: 600;
    background: var(--hover);
    transition: filter 0.12s;
  }
  .button:hover:not(:disabled) {
    filter: brightness(0.96);
  }
  .button.primary {
    background: var(--accent);
    color: var(--on-accent);
  }
  .button.danger {
    background: var(--danger);
    color: var(--background);
  }
  .field {
    width: 100%;
    min-height: 42px;
    padding: 8px 14px;
    border: 1px solid transparent;
    border-radius: 12px;
    background: var(--field);
  }
  .field::placeholder {
    color: var(--muted);
    opacity: 1;
  }
  .field:focus {
    outline: none;
    border-color: var(--accent);
  }
  .muted {
    color: var(--muted);
  }
  .clip {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .spinner {
    width: 26px;
    height: 26px;
    border: 3px solid var(--border);
    border-top-color: var(--accent);
    border-radius: 50%;
    animation: turn 0.9s linear infinite;
  }
  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
      scroll-behavior: auto !important;
    }
  }
`,zn=x`
  :host {
    display: flex;
    flex-direction: column;
    flex: 1;
    min-width: 0;
    min-height: 0;
  }
  .problem {
    width: calc(100% - 40px);
    max-width: 860px;
    margin: 0 auto;
    padding: 8px 14px;
    border-radius: 12px;
    background: var(--danger-soft);
    color: var(--danger);
    font-size: 0.875rem;
  }
`,V=x`
  .empty {
    flex: 1;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 6px;
    padding: 32px 24px;
    text-align: center;
    color: var(--muted);
  }
  .empty h2 {
    color: var(--text);
    font-size: 1.0625rem;
    font-weight: 600;
  }
  .empty .badge {
    width: 64px;
    height: 64px;
    margin-bottom: 10px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .empty .badge .icon {
    width: 30px;
    height: 30px;
  }
  .empty .button {
    margin-top: 12px;
  }
`;function H(e,t,n,r){var i=arguments.length,a=i<3?t:r===null?r=Object.getOwnPropertyDescriptor(t,n):r,o;if(typeof Reflect==`object`&&typeof Reflect.decorate==`function`)a=Reflect.decorate(e,t,n,r);else for(var s=e.length-1;s>=0;s--)(o=e[s])&&(a=(i<3?o(a):i>3?o(t,n,a):o(t,n))||a);return i>3&&a&&Object.defineProperty(t,n,a),a}var Bn=class extends A{constructor(...e){super(...e),this.name=``,this.key=``,this.kind=`person`,this.online=!1}static{this.styles=[B,x`
      :host {
        --size: var(--avatar-size, 48px);
        position: relative;
        flex: none;
        display: block;
        width: var(--size);
        height: var(--size);
      }
      .face {
        width: 100%;
        height: 100%;
        display: grid;
        place-items: center;
        border-radius: 50%;
        font-size: calc(var(--size) * 0.37);
        font-weight: 600;
        letter-spacing: 0.01em;
        user-select: none;
        background: light-dark(oklch(0.91 0.055 var(--hue)), oklch(0.37 0.085 var(--hue)));
        color: light-dark(oklch(0.4 0.12 var(--hue)), oklch(0.93 0.045 var(--hue)));
      }
      .icon {
        width: 50%;
        height: 50%;
      }
      .dot {
        position: absolute;
        right: 0;
        bottom: 0;
        width: 28%;
        height: 28%;
        min-width: 10px;
        min-height: 10px;
        border-radius: 50%;
        background: var(--good);
        border: 2px solid var(--avatar-ring, var(--surface));
      }
      .c0 { --hue: 265; }
      .c1 { --hue: 20; }
      .c2 { --hue: 150; }
      .c3 { --hue: 320; }
      .c4 { --hue: 60; }
      .c5 { --hue: 200; }
      .c6 { --hue: 95; }
      .c7 { --hue: 295; }
      .c8 { --hue: 235; }
      .c9 { --hue: 350; }
    `]}render(){let e=this.kind===`group`?On:this.kind===`note`?kn:In(this.name);return T`
      <div class="face c${Ln(this.key)}" aria-hidden="true">${e}</div>
      ${this.online?T`<span class="dot"></span>`:``}
    `}};H([M()],Bn.prototype,`name`,void 0),H([M()],Bn.prototype,`key`,void 0),H([M()],Bn.prototype,`kind`,void 0),H([M({type:Boolean})],Bn.prototype,`online`,void 0),Bn=H([j(`causerie-avatar`)],Bn);var U=class extends A{#e=[];clientChanged(){}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#t()}disconnectedCallback(){super.disconnectedCallback(),this.#n()}willUpdate(e){e.has(`client`)&&(this.#t(),this.clientChanged())}#t(){this.#n(),this.#e=this.drawnAfter.map(e=>this.client.on(e,()=>this.requestUpdate()))}#n(){for(let e of this.#e)e();this.#e=[]}};H([M({attribute:!1})],U.prototype,`client`,void 0);var Vn=x`
  dialog {
    width: min(460px, calc(100vw - 32px));
    max-height: min(640px, calc(100dvh - 32px));
    padding: 0;
    border: 1px solid var(--border);
    border-radius: 20px;
    background: var(--raised);
    color: var(--text);
    box-shadow: var(--shadow);
    overflow: hidden;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: rgb(10 10 20 / 45%);
  }
  dialog h2 {
    font-size: 1.0625rem;
    font-weight: 650;
  }
  dialog.small {
    width: min(380px, calc(100vw - 32px));
    padding: 22px;
    gap: 8px;
  }
  .buttons {
    display: flex;
    justify-content: flex-end;
    gap: 8px;
    margin-top: 14px;
  }
  @media (max-width: 519px) {
    dialog:not(.small) {
      width: 100vw;
      max-width: none;
      height: 100dvh;
      max-height: none;
      margin: 0;
      border: 0;
      border-radius: 0;
    }
  }
`,Hn=class extends A{constructor(...e){super(...e),this.heading=``,this.text=``,this.action=``}static{this.styles=[B,Vn]}show(){this.dialog.showModal()}render(){return T`<dialog class="small" aria-labelledby="heading">
      <h2 id="heading">${this.heading}</h2>
      <p class="muted">${this.text}</p>
      <div class="buttons">
        <button class="button" @click=${()=>this.dialog.close()}>${y.cancel}</button>
        <button class="button danger" @click=${this.#e}>${this.action}</button>
      </div>
    </dialog>`}#e(){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-confirm`))}};H([M()],Hn.prototype,`heading`,void 0),H([M()],Hn.prototype,`text`,void 0),H([M()],Hn.prototype,`action`,void 0),H([P(`dialog`)],Hn.prototype,`dialog`,void 0),Hn=H([j(`causerie-confirm-dialog`)],Hn);var Un=`(max-width: 719px)`,Wn=8,Gn=class extends A{constructor(...e){super(...e),this.items=[],this.label=``,this.sheet=!1,this.#n=!1,this.#c=e=>{let t=e.composedPath();!t.includes(this)&&!(e.type===`pointerdown`&&this.#e&&t.includes(this.#e))&&this.#i(!1)},this.#l=()=>this.#i(!1),this.#u=e=>{let t=[...this.renderRoot.querySelectorAll(`[role=menuitem]`)],n=t.indexOf(this.shadowRoot?.activeElement),r={ArrowDown:1,ArrowUp:-1}[e.key];if(e.key===`Escape`)this.#i(!0);else if(r)t.at((n+r)%t.length)?.focus();else return;e.preventDefault(),e.stopPropagation()},this.#d=e=>{e.currentTarget.contains(e.relatedTarget)||this.#i(!1)}}#e;#t;#n;static{this.styles=[B,x`
      .popup {
        margin: 0;
        padding: 6px;
        border: 1px solid var(--border);
        background: var(--raised);
        color: var(--text);
        box-shadow: var(--shadow);
      }
      .menu {
        position: fixed;
        inset: auto;
        min-width: 168px;
        max-width: calc(100vw - 16px);
        border-radius: 14px;
      }
      .sheet {
        position: fixed;
        inset: auto 0 0;
        width: 100%;
        max-width: 560px;
        max-height: 80dvh;
        margin-inline: auto;
        padding: 8px 10px max(10px, env(safe-area-inset-bottom));
        border-width: 1px 0 0;
        border-radius: 20px 20px 0 0;
        overflow-y: auto;
        animation: rise 0.16s ease-out;
      }
      .sheet::before {
        content: "";
        display: block;
        width: 36px;
        height: 4px;
        margin: 2px auto 8px;
        border-radius: 2px;
        background: var(--border);
      }
      .sheet::backdrop {
        background: rgb(10 10 20 / 45%);
      }
      @keyframes rise {
        from {
          transform: translateY(24px);
          opacity: 0;
        }
      }
      .popup button {
        width: 100%;
        display: flex;
        align-items: center;
        gap: 10px;
        min-height: 38px;
        padding: 0 10px;
        border-radius: 9px;
        text-align: start;
        white-space: nowrap;
      }
      .sheet button {
        min-height: 50px;
        gap: 14px;
        padding: 0 14px;
        border-radius: 12px;
        font-size: 1rem;
        white-space: normal;
      }
      .popup button:hover,
      .popup button:focus-visible {
        background: var(--hover);
        outline-offset: -2px;
      }
      .popup .icon {
        flex: none;
        width: 19px;
        height: 19px;
        color: var(--muted);
      }
    `]}disconnectedCallback(){super.disconnectedCallback(),this.#i(!1)}async show(e,t,n,r=n){let i=this.#e===n;if(this.#i(i),i||!t.length)return;this.label=e,this.items=t,this.sheet=matchMedia(Un).matches,this.#e=n,this.#t=r,this.#n=!1,this.#a(!0),await this.updateComplete;let a=this.renderRoot.querySelector(`.popup`);a instanceof HTMLDialogElement?a.showModal():a&&(a.showPopover(),this.#r(a,n),addEventListener(`pointerdown`,this.#c,!0),addEventListener(`wheel`,this.#c,{capture:!0,passive:!0}),addEventListener(`resize`,this.#l)),a?.querySelector(`button`)?.focus()}render(){if(!this.items.length)return``;let e=this.items.map(e=>T`<button role="menuitem" @click=${()=>this.#o(e)}>${e.icon}<span>${e.label}</span></button>`);return this.sheet?T`<dialog
          class="popup sheet"
          aria-label=${this.label}
          @keydown=${this.#u}
          @cancel=${e=>this.#s(e)}
          @pointerdown=${()=>{this.#n=!0}}
          @click=${e=>this.#n&&e.target===e.currentTarget&&this.#i(!0)}
        >
          <div role="menu" aria-label=${this.label}>${e}</div>
        </dialog>`:T`<div
          class="popup menu"
          popover="manual"
          role="menu"
          aria-label=${this.label}
          @keydown=${this.#u}
          @focusout=${this.#d}
        >
          ${e}
        </div>`}#r(e,t){let[n,{width:r,height:i}]=[t.getBoundingClientRect(),e.getBoundingClientRect()],a=getComputedStyle(t).direction===`rtl`,o=(e,t,n)=>Math.max(Wn,Math.min(e,n-t-Wn)),s=n.bottom+i+Wn<=innerHeight;e.style.left=`${o(a?n.left:n.right-r,r,innerWidth)}px`,e.style.top=`${o(s?n.bottom:n.top-i,i,innerHeight)}px`}#i(e){if(!this.#e)return;this.#a(!1);let t=this.#t;this.#e=this.#t=void 0,removeEventListener(`pointerdown`,this.#c,!0),removeEventListener(`wheel`,this.#c,!0),removeEventListener(`resize`,this.#l),this.renderRoot.querySelector(`dialog`)?.close(),this.items=[],e&&t?.focus({preventScroll:!0})}#a(e){this.#e?.ariaHasPopup&&(this.#e.ariaExpanded=String(e))}#o(e){this.#i(!0),e.run()}#s(e){e.preventDefault(),this.#i(!0)}#c;#l;#u;#d};H([N()],Gn.prototype,`items`,void 0),H([N()],Gn.prototype,`label`,void 0),H([N()],Gn.prototype,`sheet`,void 0),Gn=H([j(`causerie-popup`)],Gn);var Kn=class extends A{constructor(...e){super(...e),this.label=``,this.items=[]}static{this.styles=[B,x`
      :host {
        flex: none;
        display: block;
      }
      .icon {
        stroke-width: 2.8;
      }
    `]}render(){return T`<button
        class="icon-button"
        aria-label=${this.label}
        title=${this.label}
        aria-haspopup="menu"
        aria-expanded="false"
        @mousedown=${e=>e.preventDefault()}
        @click=${()=>this.popup.show(this.label,this.items,this.button)}
      >
        ${yn}
      </button>
      <causerie-popup></causerie-popup>`}};H([M()],Kn.prototype,`label`,void 0),H([M({attribute:!1})],Kn.prototype,`items`,void 0),H([P(`button`)],Kn.prototype,`button`,void 0),H([P(`causerie-popup`)],Kn.prototype,`popup`,void 0),Kn=H([j(`causerie-menu`)],Kn);var W={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},qn=e=>(...t)=>({_$litDirective$:e,values:t}),Jn=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,n){this._$Ct=e,this._$AM=t,this._$Ci=n}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}},{I:Yn}=sn,Xn=e=>e,Zn=e=>e.strings===void 0,Qn=()=>document.createComment(``),$n=(e,t,n)=>{let r=e._$AA.parentNode,i=t===void 0?e._$AB:t._$AA;if(n===void 0)n=new Yn(r.insertBefore(Qn(),i),r.insertBefore(Qn(),i),e,e.options);else{let t=n._$AB.nextSibling,a=n._$AM,o=a!==e;if(o){let t;n._$AQ?.(e),n._$AM=e,n._$AP!==void 0&&(t=e._$AU)!==a._$AU&&n._$AP(t)}if(t!==i||o){let e=n._$AA;for(;e!==t;){let t=Xn(e).nextSibling;Xn(r).insertBefore(e,i),e=t}}}return n},G=(e,t,n=e)=>(e._$AI(t,n),e),er={},tr=(e,t=er)=>e._$AH=t,nr=e=>e._$AH,rr=e=>{e._$AR(),e._$AA.remove()},ir=qn(class extends Jn{constructor(e){if(super(e),e.type!==W.PROPERTY&&e.type!==W.ATTRIBUTE&&e.type!==W.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!Zn(e))throw Error("`live` bindings can only contain a single expression")}render(e){return e}update(e,[t]){if(t===E||t===D)return t;let n=e.element,r=e.name;if(e.type===W.PROPERTY){if(t===n[r])return E}else if(e.type===W.BOOLEAN_ATTRIBUTE){if(!!t===n.hasAttribute(r))return E}else if(e.type===W.ATTRIBUTE&&n.getAttribute(r)===t+``)return E;return tr(e),t}}),ar=class extends A{constructor(...e){super(...e),this.subject=``,this.#e=``}#e;static{this.styles=[B,Vn,x`
      form {
        display: contents;
      }
      .field {
        margin-top: 6px;
      }
    `]}async show(e){this.subject=this.#e=e,this.dialog.showModal(),await this.updateComplete,this.field.select()}render(){let e=this.subject.trim();return T`<dialog class="small" aria-labelledby="heading">
      <form @submit=${this.#t}>
        <h2 id="heading">${y.renameTitle}</h2>
        <input
          class="field"
          autofocus
          autocomplete="off"
          dir="auto"
          aria-label=${y.groupName}
          .value=${ir(this.subject)}
          @input=${()=>{this.subject=this.field.value}}
        />
        <div class="buttons">
          <button type="button" class="button" @click=${()=>this.dialog.close()}>${y.cancel}</button>
          <button class="button primary" ?disabled=${!e||e===this.#e}>${y.rename}</button>
        </div>
      </form>
    </dialog>`}#t(e){e.preventDefault(),this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-rename`,{detail:this.subject.trim()}))}};H([N()],ar.prototype,`subject`,void 0),H([P(`dialog`)],ar.prototype,`dialog`,void 0),H([P(`input`)],ar.prototype,`field`,void 0),ar=H([j(`causerie-rename-dialog`)],ar);var or=class extends U{constructor(...e){super(...e),this.drawnAfter=[],this.#e=``}#e;static{this.styles=[B]}render(){let e=this.#t(),{heading:t,text:n,action:r,run:i}=this.question??{};return T`
      ${e.length?T`<causerie-menu .label=${y.conversationActions} .items=${e}></causerie-menu>`:``}
      <causerie-confirm-dialog
        .heading=${t??``}
        .text=${n??``}
        .action=${r??``}
        @causerie-confirm=${()=>i&&this.#i(i)}
      ></causerie-confirm-dialog>
      <causerie-rename-dialog
        @causerie-rename=${({detail:e})=>this.#i(()=>this.client.rename(this.#e,e))}
      ></causerie-rename-dialog>
    `}#t(){let{client:e}=this,{id:t,subject:n,capabilities:r}=this.conversation;return[[`rename`,xn,y.rename,()=>this.#n(t,n)],[`close`,wn,y.closeConversation,()=>this.#r(y.closeTitle,y.closeText,y.closeConversation,()=>e.closeConversation(t))],[`reopen`,Tn,y.reopenConversation,()=>this.#i(()=>e.reopenConversation(t))],[`leave`,En,y.leave,()=>this.#r(y.leaveTitle,y.leaveText,y.leave,()=>e.leave(t))],[`delete_conversation`,Cn,y.deleteCopy,()=>this.#r(y.deleteCopyTitle,y.deleteCopyText,y.delete,()=>e.deleteConversation(t))]].filter(([e])=>r.has(e)).map(([,e,t,n])=>({icon:e,label:t,run:()=>void n()}))}#n(e,t){this.#e=e,this.renaming.show(t)}async#r(e,t,n,r){this.question={heading:e,text:t,action:n,run:r},await this.updateComplete,this.confirm.show()}async#i(e){this.#a(``);try{await e()}catch(e){this.#a(b(e))}}#a(e){this.dispatchEvent(new CustomEvent(`causerie-problem`,{detail:e,bubbles:!0,composed:!0}))}};H([M({attribute:!1})],or.prototype,`conversation`,void 0),H([N()],or.prototype,`question`,void 0),H([P(`causerie-confirm-dialog`)],or.prototype,`confirm`,void 0),H([P(`causerie-rename-dialog`)],or.prototype,`renaming`,void 0),or=H([j(`causerie-conversation-menu`)],or);var sr=new Map;function K(e,t){let n=ot+JSON.stringify(t),r=sr.get(n);return r||sr.set(n,r=new Intl.DateTimeFormat(ot,t)),Number.isNaN(e.getTime())?``:r.format(e)}function cr(e,t){let n=e=>Date.UTC(e.getFullYear(),e.getMonth(),e.getDate());return Math.round((n(t)-n(e))/864e5)}function lr(e,t){return cr(e,t)===0}function ur(e){return K(e,{hour:`numeric`,minute:`2-digit`})}function dr(e){return K(e,{dateStyle:`full`,timeStyle:`short`})}function fr(e,t){let n=cr(e,t);return n<=0?y.today:n===1?y.yesterday:n<7?K(e,{weekday:`long`}):e.getFullYear()===t.getFullYear()?K(e,{day:`numeric`,month:`long`}):K(e,{day:`numeric`,month:`long`,year:`numeric`})}function pr(e,t){let n=cr(e,t);return n<=0?ur(e):n===1?y.yesterday:n<7?K(e,{weekday:`short`}):e.getFullYear()===t.getFullYear()?K(e,{day:`numeric`,month:`short`}):K(e,{dateStyle:`short`})}function mr(e,t){let n=new Intl.RelativeTimeFormat(ot,{numeric:`auto`}),r=Math.max(Math.round((t.getTime()-e.getTime())/6e4),0);return r<60?n.format(-r,`minute`):r<1440?n.format(-Math.round(r/60),`hour`):n.format(-Math.round(r/1440),`day`)}var hr=class extends U{constructor(...e){super(...e),this.drawnAfter=[`presence`]}static{this.styles=[B,x`
      header {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 64px;
        padding: 10px 16px;
        border-bottom: 1px solid var(--border);
        --avatar-size: 40px;
        --avatar-ring: var(--background);
      }
      .who {
        flex: 1;
        min-width: 0;
      }
      h2 {
        font-size: 1rem;
        font-weight: 650;
        line-height: 1.3;
      }
      p {
        font-size: 0.8125rem;
      }
      p.online {
        color: light-dark(#157347, var(--good));
      }
      .back {
        display: none;
        margin-inline-start: -8px;
      }
      @container messenger (max-width: 719px) {
        header {
          padding-inline: 12px;
        }
        .back {
          display: grid;
        }
      }
    `]}async focusHeading(){await this.updateComplete,this.heading.focus()}render(){let{conversation:e,client:t}=this,n=e?L(e,t.me?.id):this.user,r=e?Fn(e,t.me?.id):R(n),i=n!==void 0&&(t.presence(n.id)?.online??!1);return T`<header>
      <button class="icon-button back" aria-label=${y.back} title=${y.back} @click=${()=>this.#t(`causerie-back`)}>
        ${gn}
      </button>
      <causerie-avatar
        .name=${r}
        .key=${n?z(n):e?.id??``}
        .kind=${n?`person`:e?.kind===`group`?`group`:`note`}
        ?online=${i}
      ></causerie-avatar>
      <div class="who">
        <h2 class="clip" title=${r} tabindex="-1">${r}</h2>
        <p class="muted clip ${i?`online`:``}">${this.#e(n?.id)}</p>
      </div>
      ${e?T`<button
              class="icon-button"
              aria-label=${y.markUnread}
              title=${y.markUnread}
              @click=${()=>this.#t(`causerie-mark-unread`)}
            >
              ${Dn}
            </button>
            <causerie-conversation-menu .client=${t} .conversation=${e}></causerie-conversation-menu>`:``}
    </header>`}#e(e){let{conversation:t,client:n}=this;if(t?.kind===`group`){let e=t.members.map(({user:e})=>e.id===n.me?.id?y.you:R(e));return`${y.members(t.memberCount)} · ${e.join(`, `)}`}let r=e===void 0?void 0:n.presence(e);return r?.online?y.online:r?.lastSeenAt?y.lastSeen(mr(r.lastSeenAt,new Date)):r?y.offline:``}#t(e){this.dispatchEvent(new CustomEvent(e,{bubbles:!0,composed:!0}))}};H([M({attribute:!1})],hr.prototype,`conversation`,void 0),H([M({attribute:!1})],hr.prototype,`user`,void 0),H([P(`h2`)],hr.prototype,`heading`,void 0),hr=H([j(`causerie-chat-header`)],hr);var gr=168,q=class extends A{constructor(...e){super(...e),this.conversationId=``,this.notice=``,this.busy=!1,this.textBytesMax=0,this.#e=()=>{}}#e;static{this.styles=[B,x`
      :host {
        display: block;
        padding: 8px 20px 16px;
      }
      form,
      .notice,
      .editing,
      .problem {
        max-width: 860px;
        margin-inline: auto;
      }
      form {
        display: flex;
        align-items: flex-end;
        gap: 8px;
      }
      textarea {
        display: block;
        flex: 1;
        min-width: 0;
        height: 44px;
        max-height: 168px;
        resize: none;
        padding: 10.5px 18px;
        border: 1px solid transparent;
        border-radius: 22px;
        background: var(--field);
        line-height: 1.4;
        scrollbar-width: thin;
      }
      textarea::placeholder {
        color: var(--muted);
        opacity: 1;
      }
      textarea:focus {
        outline: none;
        border-color: var(--accent);
      }
      .send {
        flex: none;
        width: 44px;
        height: 44px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
        transition: opacity 0.12s, filter 0.12s;
      }
      .send:hover {
        filter: brightness(1.1);
      }
      .send[aria-disabled="true"] {
        cursor: default;
        opacity: 0.45;
        filter: none;
      }
      .notice {
        padding: 12px 16px;
        border-radius: 14px;
        background: var(--field);
        color: var(--muted);
        text-align: center;
      }
      .editing {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 0 0 6px 14px;
        font-size: 0.875rem;
        color: var(--accent);
      }
      .editing .icon {
        width: 18px;
        height: 18px;
      }
      .editing span {
        flex: 1;
      }
      .editing .icon-button {
        width: 32px;
        height: 32px;
      }
      .problem {
        padding: 0 18px 6px;
        font-size: 0.8125rem;
        color: var(--danger);
      }
      @container messenger (max-width: 719px) {
        :host {
          padding: 6px 12px max(10px, env(safe-area-inset-bottom));
        }
      }
    `]}focusField(){this.field?.focus()}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.#i()}disconnectedCallback(){super.disconnectedCallback(),this.#e()}willUpdate(e){e.has(`drafts`)&&this.#i()}updated(){this.#l()}render(){if(this.notice)return T`<p class="notice">${this.notice}</p>`;let e=this.#r,t=this.#t,n=t?y.save:y.send,r=this.#n.trim()!==``&&!e&&!this.busy;return T`
      ${t?T`<div class="editing">
            ${xn}<span>${y.editing}</span>
            <button class="icon-button" aria-label=${y.cancel} title=${y.cancel} @click=${this.#c}>${vn}</button>
          </div>`:``}
      ${e?T`<p class="problem" role="alert">${y.tooLong}</p>`:``}
      <form @submit=${this.#s}>
        <textarea
          rows="1"
          dir="auto"
          enterkeyhint="send"
          aria-label=${y.writeMessage}
          placeholder=${y.writeMessage}
          .value=${ir(this.#n)}
          @input=${this.#a}
          @keydown=${this.#o}
        ></textarea>
        <button
          class="send"
          aria-label=${n}
          title=${n}
          aria-disabled=${r?`false`:`true`}
          @mousedown=${e=>e.preventDefault()}
        >
          ${_n}
        </button>
      </form>
    `}get#t(){return this.drafts.get(this.conversationId).edit}get#n(){let{text:e,edit:t}=this.drafts.get(this.conversationId);return t?t.text:e}get#r(){let{textBytesMax:e}=this,t=this.#n;return e>0&&t.length*3>e&&new TextEncoder().encode(t.trim()).length>e}#i(){this.#e(),this.#e=this.drafts.on(()=>this.requestUpdate())}#a(){let e=this.field?.value??``;this.drafts.type(this.conversationId,e),this.#t||this.#u(`causerie-typing`,e.trim()!==``)}#o(e){if(!e.isComposing){if(e.key===`Enter`&&!e.shiftKey)this.#s(e);else if(e.key===`Escape`&&this.#t)this.#c();else if(e.key===`ArrowUp`&&!this.#n&&!this.#t)this.#u(`causerie-edit-last`,void 0);else return;e.preventDefault()}}#s(e){e.preventDefault(),this.focusField();let t=this.#n.trim(),n=this.#t;if(!(!t||this.#r||this.busy)){if(n)return this.#u(`causerie-save`,{...n,text:t});this.drafts.type(this.conversationId,``),this.#u(`causerie-send`,t)}}#c(){this.drafts.endEdit(this.conversationId),this.focusField()}#l(){let{field:e}=this;e&&(e.style.height=`44px`,e.scrollHeight>46&&(e.style.height=`${Math.min(e.scrollHeight+2,gr)}px`),e.style.overflowY=e.scrollHeight>gr?`auto`:`hidden`)}#u(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};H([M({attribute:!1})],q.prototype,`drafts`,void 0),H([M()],q.prototype,`conversationId`,void 0),H([M()],q.prototype,`notice`,void 0),H([M({type:Boolean})],q.prototype,`busy`,void 0),H([M({type:Number})],q.prototype,`textBytesMax`,void 0),H([P(`textarea`)],q.prototype,`field`,void 0),q=H([j(`causerie-composer`)],q);function _r(){try{return globalThis.localStorage}catch{return}}var vr=300,yr={text:``,edit:void 0,at:0},br=class{#e=new Map;#t=new Set;#n=new Set;#r;#i;constructor(e,t){this.storage=t,this.#r=`causerie.draft/${e}/`;for(let e of Object.keys(t??{}))this.#s(e,t?.getItem(e)??null);addEventListener(`storage`,({key:e,newValue:t,storageArea:n})=>{if(n===this.storage){if(e===null)this.#e.clear();else if(!this.#s(e,t))return;this.#c()}}),addEventListener(`pagehide`,()=>this.#o())}get(e){return this.#e.get(e)??yr}type(e,t){let{edit:n,text:r}=this.get(e);this.#a(e,n?{text:r,edit:{...n,text:t}}:{text:t,edit:n})}edit(e,t){let{id:n,text:r}=t;this.#a(e,{text:this.get(e).text,edit:{messageId:n,original:r,text:r}})}endEdit(e){this.#a(e,{text:this.get(e).text,edit:void 0})}on(e){return this.#n.add(e),()=>void this.#n.delete(e)}#a(e,t){t.text||t.edit?this.#e.set(e,{...t,at:Date.now()}):this.#e.delete(e),this.#t.add(e),clearTimeout(this.#i),t.text||t.edit?this.#i=setTimeout(()=>this.#o(),vr):this.#o(),this.#c()}#o(){for(let e of this.#t){let t=this.#e.get(e);try{t?this.storage?.setItem(this.#r+e,JSON.stringify(t)):this.storage?.removeItem(this.#r+e)}catch{}}this.#t.clear()}#s(e,t){if(!e.startsWith(this.#r))return!1;let n=e.slice(this.#r.length);try{let e=JSON.parse(t??`null`);e?this.#e.set(n,{...yr,...e}):this.#e.delete(n)}catch{}return!0}#c(){for(let e of[...this.#n])e()}},xr=new Map;function Sr(e){let t=xr.get(e);return t||xr.set(e,t=new br(e,_r())),t}var Cr=class{#e;#t=()=>{};constructor(e){this.host=e,e.addController(this)}of(e){let t=Sr(e);return t!==this.#e&&(this.#e=t,this.hostConnected()),t}hostConnected(){this.#t(),this.#e&&(this.#t=this.#e.on(()=>this.host.requestUpdate()))}hostDisconnected(){this.#t()}},wr=(e,t,n)=>{let r=new Map;for(let i=t;i<=n;i++)r.set(e[i],i);return r},Tr=qn(class extends Jn{constructor(e){if(super(e),e.type!==W.CHILD)throw Error(`repeat() can only be used in text expressions`)}dt(e,t,n){let r;n===void 0?n=t:t!==void 0&&(r=t);let i=[],a=[],o=0;for(let t of e)i[o]=r?r(t,o):o,a[o]=n(t,o),o++;return{values:a,keys:i}}render(e,t,n){return this.dt(e,t,n).values}update(e,[t,n,r]){let i=nr(e),{values:a,keys:o}=this.dt(t,n,r);if(!Array.isArray(i))return this.ut=o,a;let s=this.ut??=[],c=[],l,u,d=0,f=i.length-1,p=0,m=a.length-1;for(;d<=f&&p<=m;)if(i[d]===null)d++;else if(i[f]===null)f--;else if(s[d]===o[p])c[p]=G(i[d],a[p]),d++,p++;else if(s[f]===o[m])c[m]=G(i[f],a[m]),f--,m--;else if(s[d]===o[m])c[m]=G(i[d],a[m]),$n(e,c[m+1],i[d]),d++,m--;else if(s[f]===o[p])c[p]=G(i[f],a[p]),$n(e,i[d],i[f]),f--,p++;else if(l===void 0&&(l=wr(o,p,m),u=wr(s,d,f)),l.has(s[d])){if(l.has(s[f])){let t=u.get(o[p]),n=t===void 0?null:i[t];if(n===null){let t=$n(e,i[d]);G(t,a[p]),c[p]=t}else c[p]=G(n,a[p]),$n(e,i[d],n),i[t]=null;p++}else rr(i[f]),f--}else rr(i[d]),d++;for(;p<=m;){let t=$n(e,c[m+1]);G(t,a[p]),c[p++]=t}for(;d<=f;){let e=i[d++];e!==null&&rr(e)}return this.ut=o,tr(e,c),E}});function Er(e,t){let[n,r]=[0,e.length];for(;n<r;){let i=n+r>>1;t(e[i].getBoundingClientRect())?r=i:n=i+1}return n}function Dr(e){return[...e.querySelectorAll(`causerie-message`)]}function Or(e){let t=Dr(e).filter(({message:e})=>e),{bottom:n}=e.getBoundingClientRect();return t[Er(t,e=>e.bottom>n+1)-1]?.message?.seq??0}var kr=class{#e;#t=0;#n=0;note(e){let t=Dr(e),{top:n}=e.getBoundingClientRect(),r=t[Er(t,e=>e.bottom>n+1)];this.#e=r,this.#t=r?.message?.seq??0,this.#n=r?r.getBoundingClientRect().top-n:0}restore(e){let t=this.#e?.isConnected?this.#e:this.#r(e);if(!t)return;let n=t.getBoundingClientRect().top-e.getBoundingClientRect().top-this.#n;Math.abs(n)>=.5&&(e.scrollTop+=n)}clear(){this.#e=void 0,this.#t=0}#r(e){return this.#t?Dr(e).find(({message:e})=>e?.seq===this.#t):void 0}},Ar=800,jr=class extends A{constructor(...e){super(...e),this.problem=``,this.#t=()=>{this.dispatchEvent(new CustomEvent(`causerie-near`))}}#e;static{this.styles=[B,x`
      :host {
        display: grid;
        place-items: center;
        min-height: 52px;
        padding-block: 6px;
      }
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: center;
        gap: 4px 12px;
        color: var(--muted);
        font-size: 0.875rem;
        text-align: center;
      }
      .button {
        min-height: 36px;
        padding: 0 14px;
      }
    `]}connectedCallback(){super.connectedCallback();let e=e=>{!this.problem&&e.some(({isIntersecting:e})=>e)&&this.#t()};this.#e=new IntersectionObserver(e,{root:this.parentElement?.parentElement??null,rootMargin:`${Ar}px 0px`}),this.look()}disconnectedCallback(){super.disconnectedCallback(),this.#e?.disconnect()}look(){this.#e?.unobserve(this),this.#e?.observe(this)}render(){return this.problem?T`<p role="alert">
      <span>${this.problem}</span><button class="button" @click=${this.#t}>${y.tryAgain}</button>
    </p>`:T`<span class="spinner" role="img" aria-label=${y.loading}></span>`}#t};H([M()],jr.prototype,`problem`,void 0),jr=H([j(`causerie-edge`)],jr);var Mr=class extends A{constructor(...e){super(...e),this.shown=!1,this.unread=0}static{this.styles=[B,x`
      :host {
        position: absolute;
        inset-inline-end: 20px;
        bottom: 16px;
        z-index: 2;
      }
      button {
        position: relative;
        width: 44px;
        height: 44px;
        display: grid;
        place-items: center;
        border-radius: 50%;
        border: 1px solid var(--border);
        background: var(--raised);
        box-shadow: var(--shadow);
      }
      button:hover {
        background: var(--hover);
      }
      .count {
        position: absolute;
        top: -9px;
        inset-inline: 0;
        margin-inline: auto;
        width: max-content;
        min-width: 21px;
        height: 21px;
        padding: 0 6px;
        border-radius: 11px;
        background: var(--accent);
        color: var(--on-accent);
        font-size: 0.75rem;
        font-weight: 700;
        line-height: 21px;
        font-variant-numeric: tabular-nums;
      }
      @container messenger (max-width: 719px) {
        :host {
          inset-inline-end: 12px;
        }
      }
    `]}render(){let{shown:e,unread:t}=this,n=t?y.jumpToLatestUnread(t):y.jumpToLatest;return T`<span class="visually-hidden" role="status">${e&&t?y.newBelow:``}</span>
      ${e?T`<button aria-label=${n} title=${n} @click=${this.#e}>
            ${bn}${t?T`<span class="count">${t>99?`99+`:t}</span>`:``}
          </button>`:``}`}#e(){this.dispatchEvent(new CustomEvent(`causerie-latest`))}};H([M({type:Boolean})],Mr.prototype,`shown`,void 0),H([M({type:Number})],Mr.prototype,`unread`,void 0),Mr=H([j(`causerie-latest-button`)],Mr);var Nr=/https?:\/\/[^\s<>"'`]+/giu,Pr=/[.,;:!?)\]}»”’]+$/u;function Fr(e){let t=[],n=0;for(let r of e.matchAll(Nr)){let i=r[0].replace(Pr,``);URL.canParse(i)&&(r.index>n&&t.push({text:e.slice(n,r.index),href:void 0}),t.push({text:i,href:i}),n=r.index+i.length)}return n<e.length&&t.push({text:e.slice(n),href:void 0}),t}var Ir=450,Lr=10,Rr=class{#e;#t={x:0,y:0};#n=!1;constructor(e,t){this.host=e,this.held=t,e.addController(this)}hostConnected(){this.host.addEventListener(`pointerdown`,this.#r),this.host.addEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.addEventListener(e,this.#a);this.host.addEventListener(`contextmenu`,this.#o)}hostDisconnected(){this.#a(),this.host.removeEventListener(`pointerdown`,this.#r),this.host.removeEventListener(`pointermove`,this.#i);for(let e of[`pointerup`,`pointercancel`,`pointerleave`])this.host.removeEventListener(e,this.#a);this.host.removeEventListener(`contextmenu`,this.#o)}#r=e=>{let{pointerType:t,isPrimary:n,clientX:r,clientY:i}=e,a=e.composedPath().some(e=>e instanceof HTMLAnchorElement||e instanceof HTMLButtonElement);this.#n=t===`touch`&&!a,this.#a(),this.#n&&n&&(this.#t={x:r,y:i},this.#e=setTimeout(this.held,Ir))};#i=e=>{let{clientX:t,clientY:n}=e;Math.hypot(t-this.#t.x,n-this.#t.y)>Lr&&this.#a()};#a=()=>clearTimeout(this.#e);#o=e=>{this.#n&&e.preventDefault()}},zr=x`
  :host {
    display: block;
    padding-top: 2px;
  }
  :host([first]) {
    padding-top: 10px;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 4px;
  }
  :host([own]) .row {
    justify-content: flex-end;
  }
  :host(:not([own])) .row {
    flex-direction: row-reverse;
    justify-content: flex-end;
  }
  .bubble {
    --corner: 6px;
    max-width: min(78%, 620px);
    min-width: 0;
    padding: 8px 14px;
    border-radius: var(--radius);
    background: var(--bubble);
    overflow-wrap: anywhere;
  }
  :host(:not([own])) .bubble {
    border-end-start-radius: var(--corner);
  }
  :host(:not([own]):not([first])) .bubble {
    border-start-start-radius: var(--corner);
  }
  :host(:not([own])[last]) .bubble {
    border-end-start-radius: var(--radius);
  }
  :host([own]) .bubble {
    border-end-end-radius: var(--corner);
    background: var(--bubble-own);
    color: var(--on-bubble-own);
  }
  :host([own]:not([first])) .bubble {
    border-start-end-radius: var(--corner);
  }
  :host([own][last]) .bubble {
    border-end-end-radius: var(--radius);
  }
  .bubble.gone,
  :host([own]) .bubble.gone {
    background: none;
    border: 1px solid var(--border);
    color: var(--muted);
    padding: 7px 13px;
  }
  .gone .text {
    font-style: italic;
  }
  :host([own]) .bubble.failed {
    background: var(--danger-soft);
    color: var(--text);
  }
  .author {
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--accent);
  }
  .author .unknown {
    display: block;
    width: 96px;
    height: 10px;
    margin: 5px 0;
    border-radius: 5px;
    background: var(--border);
  }
  :host(:focus-visible) {
    outline: none;
  }
  :host(:focus-visible) .bubble {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  .text {
    display: inline;
    white-space: pre-wrap;
  }
  a {
    color: inherit;
    text-decoration: underline;
    text-underline-offset: 2px;
  }
  .meta {
    float: inline-end;
    display: inline-flex;
    align-items: center;
    gap: 5px;
    margin: 5px -3px -2px 12px;
    font-size: 0.6875rem;
    line-height: 1.4;
    color: var(--muted);
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
    user-select: none;
  }
  :host([own]) .meta {
    color: var(--muted-own);
  }
  :host([own]) .gone .meta {
    color: var(--muted);
  }
  :host([own]) .failed .meta {
    color: var(--danger);
  }
  .progress .icon {
    width: 15px;
    height: 15px;
    stroke-width: 2.2;
  }
  .waiting {
    padding: 3px 4px 2px;
    font-size: 0.8125rem;
    color: var(--muted);
    text-align: end;
  }
  .failure {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 4px 12px;
    padding: 4px 4px 2px;
    font-size: 0.8125rem;
    color: var(--danger);
  }
  .failure button {
    min-height: 24px;
    font-weight: 650;
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .actions {
    width: 32px;
    height: 32px;
    opacity: 0;
  }
  .actions .icon {
    stroke-width: 2.8;
  }
  .row:hover .actions,
  .actions:focus-visible,
  .actions[aria-expanded="true"] {
    opacity: 1;
  }
  /* A held finger opens the actions; the button is for keyboards and screen readers. */
  @media (hover: none) {
    .row {
      position: relative;
    }
    .bubble {
      user-select: none;
      -webkit-user-select: none;
      -webkit-touch-callout: none;
    }
    .actions:not(:focus-visible) {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }
`,Br=5e3,J=class extends A{constructor(){super(),this.own=!1,this.first=!1,this.last=!1,this.author=``,this.progress=``,this.actionable=!1,this.#n=({text:e,href:t})=>t===void 0?e:T`<a href=${t} target="_blank" rel="noopener noreferrer nofollow">${e}</a>`,new Rr(this,()=>this.actionable&&this.#o(this.bubble,this))}static{this.styles=[B,zr]}#e;disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#e)}updated(){clearTimeout(this.#e);let{outgoing:e}=this;!e||this.progress!==`sending`||this.#t||(this.#e=setTimeout(()=>this.requestUpdate(),e.createdAt.getTime()+Br-Date.now()))}get#t(){return this.progress===`sending`&&Date.now()-(this.outgoing?.createdAt.getTime()??0)>=Br}render(){let{message:e,outgoing:t}=this,n=e?.sentAt??t?.createdAt??new Date,r=e?.text??t?.text??``,i=e?.deletedAt!==void 0;return T`
      <div class="row">
        ${this.actionable?this.#a():``}
        <div class="bubble ${i?`gone`:``} ${this.progress===`failed`?`failed`:``}">
          ${this.author===``?``:T`<p class="author">${this.author??T`<i class="unknown"></i>`}</p>`}
          <p class="text">${i?y.deleted:Fr(r).map(this.#n)}</p>
          <span class="meta">
            ${e?.editedAt&&!i?T`<span>${y.edited}</span>`:``}
            <time datetime=${n.toISOString()} title=${dr(n)}>${ur(n)}</time>
            ${i?``:this.#r()}
          </span>
        </div>
      </div>
      ${this.progress===`failed`?this.#i():``}
      ${this.#t?T`<p class="waiting">${y.waitingForConnection}</p>`:``}
    `}#n;#r(){if(!this.progress)return``;let[e,t]={sending:[An,y.sending],sent:[jn,y.sent],read:[Mn,y.read],failed:[Nn,y.notSent]}[this.progress];return T`<span class="progress ${this.progress}" role="img" aria-label=${t} title=${t}>${e}</span>`}#i(){let e=this.outgoing?.clientId;return T`<p class="failure" role="alert">
      <span>${y.notSent}. ${b(this.outgoing?.error)}</span>
      <button @click=${()=>this.#s(`causerie-retry`,e)}>${y.retry}</button>
      <button @click=${()=>this.#s(`causerie-discard`,e)}>${y.discard}</button>
    </p>`}#a(){return T`<button
      class="icon-button actions"
      aria-label=${y.messageActions}
      title=${y.messageActions}
      aria-haspopup="menu"
      aria-expanded="false"
      @mousedown=${e=>e.preventDefault()}
      @click=${({currentTarget:e})=>this.#o(e)}
    >
      ${yn}
    </button>`}#o(e,t=e){this.message&&this.#s(`causerie-actions`,{message:this.message,anchor:e,returnTo:t})}#s(e,t){this.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}};H([M({attribute:!1})],J.prototype,`message`,void 0),H([M({attribute:!1})],J.prototype,`outgoing`,void 0),H([M({type:Boolean,reflect:!0})],J.prototype,`own`,void 0),H([M({type:Boolean,reflect:!0})],J.prototype,`first`,void 0),H([M({type:Boolean,reflect:!0})],J.prototype,`last`,void 0),H([M({attribute:!1})],J.prototype,`author`,void 0),H([M()],J.prototype,`progress`,void 0),H([M({type:Boolean})],J.prototype,`actionable`,void 0),H([P(`.bubble`)],J.prototype,`bubble`,void 0),J=H([j(`causerie-message`)],J);function Vr(e,{capabilities:t},n,r){if(e.deletedAt)return[];let i=[],{clipboard:a}=navigator;return a&&i.push({icon:Sn,label:y.copy,run:()=>void a.writeText(e.text).catch(()=>{})}),n&&t.has(`edit`)&&i.push({icon:xn,label:y.edit,run:()=>r(`causerie-edit`,e)}),n&&t.has(`delete`)&&i.push({icon:Cn,label:y.delete,run:()=>r(`causerie-delete`,e)}),i}var Hr=3e5;function Ur(e,t){return e!==void 0&&t!==void 0&&e.authorId===t.authorId&&t.sentAt.getTime()-e.sentAt.getTime()<Hr&&lr(e.sentAt,t.sentAt)}function Wr(e,t){return e.map((n,r)=>{let i=e[r-1],a=e[r+1],o=n.seq===t;return{message:n,startsDay:i===void 0||!lr(i.sentAt,n.sentAt),startsNew:o,first:o||!Ur(i,n),last:a?.seq===t||!Ur(n,a)}})}var Gr=x`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 0;
    flex: 1;
  }
  .scroller {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-height: 0;
    overflow-y: auto;
    overflow-x: hidden;
    overscroll-behavior: contain;
    overflow-anchor: none;
    scrollbar-width: thin;
    padding: 8px 20px 4px;
  }
  .scroller:focus-visible {
    outline-offset: -3px;
  }
  .column {
    width: 100%;
    max-width: 860px;
    margin: auto auto 0;
  }
  .day,
  .new {
    display: flex;
    justify-content: center;
    margin: 18px 0 8px;
    font-size: 0.8125rem;
    font-weight: 600;
    color: var(--muted);
  }
  .day span {
    padding: 3px 12px;
    border-radius: 12px;
    background: var(--field);
  }
  .new {
    align-items: center;
    gap: 12px;
    color: var(--accent);
  }
  .new::before,
  .new::after {
    content: "";
    flex: 1;
    height: 1px;
    background: color-mix(in srgb, var(--accent) 35%, transparent);
  }
  .typing {
    min-height: 24px;
    padding: 4px 4px 0;
    font-size: 0.8125rem;
    color: var(--muted);
  }
  .centre {
    flex: 1;
    display: grid;
    place-items: center;
  }
  @container messenger (max-width: 719px) {
    .scroller {
      padding-inline: 12px;
    }
  }
`;function Kr(e,t){let[n,r]=t.slice(0,2).map(t=>Pn(e,t)??y.someone);return n===void 0?``:r===void 0?y.typingOne(n):t.length===2?y.typingTwo(n,r):y.typingMany}var qr=80,Jr=1/4,Y=class extends U{constructor(...e){super(...e),this.failed=``,this.opening=!1,this.away=!1,this.drawnAfter=[`history`,`typing`,`state`,`users`],this.#e=0,this.#n=new kr,this.#r=!0,this.#i=!1,this.#a=!1,this.#o=``,this.#s=new ResizeObserver(()=>this.#C())}#e;#t;#n;#r;#i;#a;#o;#s;static{this.styles=[B,V,Gr]}get seen(){return!this.column||this.#t||!this.scroller.clientHeight?0:this.#r?this.conversation.lastSeq:Or(this.scroller)}async focusAfter(e){await this.updateComplete;let t=Dr(this.scroller),n=t.findIndex(({message:t})=>t?.seq===e);(t[n+1]??t[n])?.focus({preventScroll:!1})}get#c(){return this.client.history(this.conversation.id)}disconnectedCallback(){super.disconnectedCallback(),this.#s.disconnect()}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id?this.#_():this.column&&this.#n.note(this.scroller),this.#b();let{outgoing:n,moreAfter:r}=this.#c,i=n.at(-1)?.clientId??``;i&&i!==this.#o&&(this.#e=0,r?this.#T():this.#t=`end`),this.#o=i}updated(){this.#x()}render(){let{conversation:e,client:t}=this,n=this.#c;if(!n.loaded||this.opening)return this.#h();let{messages:r,moreBefore:i,moreAfter:a}=n,o=a?[]:n.outgoing,s=a?``:Kr(t,t.typing(e.id));return T`
      <div class="scroller" tabindex="0" role="log" aria-label=${y.messagesOf(Fn(e,t.me?.id))} @scroll=${this.#w}
        @causerie-actions=${this.#f}>
        ${r.length||o.length?``:this.#g()}
        <div class="column">
          ${i?this.#l(`older`,y.olderFailed):``}
          ${Tr(Wr(r,this.#p(r)),({message:e})=>e.clientId||e.id,e=>this.#u(e))}
          ${Tr(o,({clientId:e})=>e,(e,n)=>T`<causerie-message
              tabindex="-1"
              .outgoing=${e}
              own
              ?first=${n===0&&r.at(-1)?.authorId!==t.me?.id}
              ?last=${n===o.length-1}
              .progress=${e.status}
            ></causerie-message>`)}
          ${a?this.#l(`newer`,y.newerFailed):``}
          <p class="typing" aria-live="polite">${s}</p>
        </div>
      </div>
      <causerie-popup></causerie-popup>
      <causerie-latest-button
        ?shown=${this.away}
        .unread=${e.readState.unread}
        @causerie-latest=${this.#T}
      ></causerie-latest-button>
    `}#l(e,t){return T`<causerie-edge
      .problem=${this.failed===e?t:``}
      @causerie-near=${()=>this.#y(e)}
    ></causerie-edge>`}#u({message:e,startsDay:t,startsNew:n,first:r,last:i}){let{conversation:a,client:o}=this,s=e.authorId===o.me?.id,c=a.kind===`group`&&!s&&r;return T`
      ${t?T`<p class="day"><span>${fr(e.sentAt,new Date)}</span></p>`:``}
      ${n?T`<p class="new">${y.newMessages}</p>`:``}
      <causerie-message
        tabindex="-1"
        .message=${e}
        ?own=${s}
        ?first=${r}
        ?last=${i}
        .author=${c?Pn(o,e.authorId):``}
        .progress=${s?this.#m(e):``}
        ?actionable=${this.#d(e).length>0}
      ></causerie-message>
    `}#d(e){let t=e.authorId===this.client.me?.id;return Vr(e,this.conversation,t,(e,t)=>this.dispatchEvent(new CustomEvent(e,{detail:t})))}#f({detail:{message:e,anchor:t,returnTo:n}}){this.popup.show(y.messageActions,this.#d(e),t,n)}#p(e){let t=e[0];return!this.#e||!t||t.seq>this.#e&&this.#c.moreBefore?0:e.find(({seq:e})=>e>=this.#e)?.seq??0}#m(e){let{kind:t,members:n,memberCount:r}=this.conversation;if(t===`note_to_self`)return``;let i=n.filter(({user:t})=>t.id!==e.authorId);return i.length>0&&n.length>=r&&i.every(({readSeq:t})=>t>=e.seq)?`read`:`sent`}#h(){return T`<div class="scroller">${this.failed===`first`?T`<div class="empty" role="alert">
          <p>${y.loadFailed}</p>
          <button class="button" @click=${this.#v}>${y.tryAgain}</button>
        </div>`:T`<div class="centre" role="status"><span class="spinner"></span><span class="visually-hidden">${y.loading}</span></div>`}</div>`}#g(){return T`<div class="empty">
      <span class="badge">${I}</span>
      <h2>${y.noMessages}</h2>
      <p>${y.noMessagesHint}</p>
    </div>`}#_(){let{readSeq:e,unread:t}=this.conversation.readState;this.#e=t?e+1:0,this.#t=this.#e?`unread`:`end`,this.#n.clear(),this.#r=this.#i=this.away=this.opening=!1,this.#o=this.#c.outgoing.at(-1)?.clientId??``,this.failed=``;let{loaded:n,messages:r,moreAfter:i}=this.#c,[a,o]=[r[0]?.seq??0,r.at(-1)?.seq??0],s=this.#e?a<=this.#e&&(this.#e<=o||!i):!i;n&&s||this.#v()}async#v(){let{id:e}=this.conversation,t=this.#c;this.failed=``,this.opening=!0;try{await(this.#e?t.loadAround(this.#e):t.loadNewest())}catch{this.conversation.id===e&&(this.failed=`first`);return}this.conversation.id===e&&(this.opening=!1)}async#y(e){let{id:t}=this.conversation,n=this.#c;this.failed=``;try{await(e===`older`?n.loadOlder():n.loadNewer())}catch{this.conversation.id===t&&(this.failed=e)}}#b(){let e=this.client.state.name===`connected`;e&&!this.#a&&this.failed&&(this.failed===`first`?this.#v():this.failed=``),this.#a=e}async#x(){let{scroller:e,column:t}=this;if(t&&(await Promise.all(Dr(e).filter(e=>e.isUpdatePending).map(e=>e.updateComplete)),t.isConnected)){this.#s.disconnect(),this.#s.observe(e),this.#s.observe(t),this.#S(),this.#C();for(let t of e.querySelectorAll(`causerie-edge`))t.look()}}#S(){let{scroller:e}=this;if(!this.#t||!e.clientHeight)return;let t=this.#t===`unread`?e.querySelector(`.new`):null;if(this.#t=void 0,this.#r=!t,!t)return;let n=t.getBoundingClientRect().top-e.getBoundingClientRect().top;e.scrollTop+=n-e.clientHeight*Jr,this.#n.note(e)}#C(){let{scroller:e,column:t}=this;!t||this.#t||(this.#r||this.#i?e.scrollTop=e.scrollHeight:this.#n.restore(e),this.#w())}#w(){let{scroller:e}=this;if(this.#t||!e.clientHeight)return;let t=e.scrollHeight-e.clientHeight-e.scrollTop<qr&&!this.#c.moreAfter;t&&(this.#i=!1),this.#r=t,this.away=!t&&!this.#i,this.#n.note(e),this.dispatchEvent(new CustomEvent(`causerie-seen`))}async#T(){if(this.#c.moreAfter){try{await this.#c.loadNewest()}catch{this.failed=`newer`;return}this.#t=`end`,this.requestUpdate();return}let{scroller:e}=this,t=e.scrollHeight-e.scrollTop>3*e.clientHeight||matchMedia(`(prefers-reduced-motion: reduce)`).matches;this.#i=!t,e.focus({preventScroll:!0}),e.scrollTo({top:e.scrollHeight,behavior:t?`instant`:`smooth`})}};H([M({attribute:!1})],Y.prototype,`conversation`,void 0),H([N()],Y.prototype,`failed`,void 0),H([N()],Y.prototype,`opening`,void 0),H([N()],Y.prototype,`away`,void 0),H([P(`.scroller`)],Y.prototype,`scroller`,void 0),H([P(`causerie-popup`)],Y.prototype,`popup`,void 0),H([P(`.column`)],Y.prototype,`column`,void 0),Y=H([j(`causerie-message-list`)],Y);function Yr(e,t){let{capabilities:n,state:r,kind:i}=e;if(n.has(`send`))return``;if(r===`locked`)return y.lockedConversation;if(r===`closed`)return n.has(`reopen`)?y.closedReopenable:y.closedConversation;if(i===`mail`)return y.mailIsOneMessage;let a=L(e,t);if(!a)return y.cannotSend;let o=R(a);return a.status===`removed`?y.peerGone(o):a.status===`deactivated`||a.status===`invited`?y.peerInactive(o):y.cannotSendTo(o)}var Xr=class{constructor(e,t){this.read=t,this.seen=()=>{document.visibilityState===`visible`&&document.hasFocus()&&this.read()},e.addController(this)}hostConnected(){addEventListener(`focus`,this.seen),document.addEventListener(`visibilitychange`,this.seen)}hostDisconnected(){removeEventListener(`focus`,this.seen),document.removeEventListener(`visibilitychange`,this.seen)}},X=class extends U{constructor(...e){super(...e),this.problem=``,this.drawnAfter=[`state`],this.#t=!1,this.#n=!1,this.#r=new Xr(this,()=>void this.#a())}#e;#t;#n;#r;static{this.styles=[B,zn]}async focusComposer(){await this.updateComplete,await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}get#i(){return Sr(this.client.me?.id??``)}willUpdate(e){super.willUpdate(e);let t=e.get(`conversation`);e.has(`conversation`)&&t?.id!==this.conversation.id&&(this.problem=``,this.#t=this.conversation.readState.markedUnread)}updated(){this.#r.seen()}render(){let{conversation:e,client:t}=this;return T`
      <causerie-chat-header
        .client=${t}
        .conversation=${e}
        @causerie-problem=${({detail:e})=>{this.problem=e}}
      ></causerie-chat-header>
      <causerie-message-list
        .client=${t}
        .conversation=${e}
        @causerie-seen=${this.#r.seen}
        @causerie-edit=${this.#s}
        @causerie-delete=${this.#d}
        @causerie-retry=${e=>t.retry(e.detail)}
        @causerie-discard=${e=>t.discard(e.detail)}
      ></causerie-message-list>
      ${this.problem?T`<p class="problem" role="alert">${this.problem}</p>`:``}
      <causerie-composer
        .drafts=${this.#i}
        .conversationId=${e.id}
        .notice=${Yr(e,t.me?.id)}
        .textBytesMax=${t.limits.textBytesMax??0}
        @causerie-send=${this.#o}
        @causerie-save=${this.#u}
        @causerie-edit-last=${this.#c}
        @causerie-typing=${n=>t.setTyping(e.id,n.detail)}
      ></causerie-composer>
      <causerie-confirm-dialog
        .heading=${y.deleteTitle}
        .text=${y.deleteText}
        .action=${y.delete}
        @causerie-confirm=${this.#f}
      ></causerie-confirm-dialog>
    `}async#a(){let{conversation:e,client:t}=this,n=this.list?.seen??0;if(!n||this.#n||t.state.name!==`connected`)return;let{unread:r,markedUnread:i,readSeq:a}=e.readState;if(r&&n>a||i&&this.#t){this.#t=!1,this.#n=!0;try{await t.markRead(e.id,Math.max(n,a))}catch{return}finally{this.#n=!1}this.#r.seen()}}#o(e){this.problem=``,this.client.send(this.conversation.id,e.detail)}#s({detail:e}){this.#l(e)}#c(){let e=this.client.history(this.conversation.id);if(!this.conversation.capabilities.has(`edit`)||e.outgoing.length||e.moreAfter)return;let t=e.messages.findLast(e=>e.authorId===this.client.me?.id&&!e.deletedAt);t&&this.#l(t)}#l(e){this.#i.edit(this.conversation.id,e),this.focusComposer()}async#u({detail:{messageId:e,original:t,text:n}}){let{id:r}=this.conversation,i=this.#i;await this.#p(async()=>{n!==t&&await this.client.edit(r,e,n),i.get(r).edit?.messageId===e&&i.endEdit(r)})}#d(e){this.#e=e.detail,this.confirm.show()}async#f(){let e=this.#e;if(!e)return;let{conversationId:t,id:n,seq:r}=e,i=this.#i;i.get(t).edit?.messageId===n&&i.endEdit(t),await this.#p(async()=>{await this.client.delete(t,n),t===this.conversation.id&&await this.list.focusAfter(r)})}async#p(e){this.problem=``;try{await e()}catch(e){this.problem=b(e)}}};H([M({attribute:!1})],X.prototype,`conversation`,void 0),H([N()],X.prototype,`problem`,void 0),H([P(`causerie-chat-header`)],X.prototype,`header`,void 0),H([P(`causerie-message-list`)],X.prototype,`list`,void 0),H([P(`causerie-composer`)],X.prototype,`composer`,void 0),H([P(`causerie-confirm-dialog`)],X.prototype,`confirm`,void 0),X=H([j(`causerie-chat`)],X);var Zr=3e3,Qr=class extends U{constructor(...e){super(...e),this.impatient=!1,this.drawnAfter=[`state`,`doubt`]}#e;static{this.styles=[B,x`
      :host {
        display: block;
      }
      .banner {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: 12px;
        padding: 7px 16px;
        font-size: 0.875rem;
        background: var(--warn-soft);
        color: var(--warn);
      }
      .banner.closed {
        background: var(--danger-soft);
        color: var(--danger);
      }
      .banner .button {
        flex: none;
        min-height: 30px;
        padding: 0 12px;
        background: none;
        border: 1px solid currentColor;
      }
      .spinner {
        width: 14px;
        height: 14px;
        border-width: 2px;
        border-color: color-mix(in srgb, currentColor 30%, transparent);
        border-top-color: currentColor;
      }
    `]}disconnectedCallback(){super.disconnectedCallback(),this.#i()}render(){return T`<div role="status">${this.#t()}</div>`}#t(){let{state:e}=this.client;if(e.name===`closed`)return T`<div class="banner closed"><span>${y.closedByServer}</span>${this.#n(y.connectAgain)}</div>`;if(e.name===`connected`&&this.client.inDoubt&&!navigator.onLine)return T`<div class="banner"><span>${y.waitingForNetwork}</span></div>`;if(e.name===`connected`&&this.client.inDoubt?this.#r():(e.name===`connected`||e.name===`disconnected`)&&this.#i(),e.name===`connected`||e.name===`disconnected`)return``;if(e.name===`reconnecting`&&e.waitingForNetwork)return T`<div class="banner"><span>${y.waitingForNetwork}</span>${this.#n(y.tryNow)}</div>`;if(this.#r(),!this.impatient)return``;let[t,n]=e.name===`connecting`?[y.connecting,``]:[y.reconnecting,this.#n(y.tryNow)];return T`<div class="banner"><span class="spinner" aria-hidden="true"></span><span>${t}</span>${n}</div>`}#n(e){return T`<button class="button" @click=${()=>this.client.connect()}>${e}</button>`}#r(){this.#e??=setTimeout(()=>{this.impatient=!0},Zr)}#i(){clearTimeout(this.#e),this.#e=void 0,this.impatient=!1}};H([N()],Qr.prototype,`impatient`,void 0),Qr=H([j(`causerie-connection-banner`)],Qr);var $r=class extends U{constructor(...e){super(...e),this.draft=``,this.current=!1,this.drawnAfter=[`presence`,`typing`,`users`]}static{this.shadowRootOptions={...A.shadowRootOptions,delegatesFocus:!0}}static{this.styles=[B,x`
      :host {
        display: block;
      }
      button {
        width: 100%;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 12px;
        align-items: center;
        padding: 10px 12px;
        border-radius: 14px;
        text-align: start;
        transition: background 0.12s;
      }
      button:hover {
        background: var(--hover);
      }
      button[aria-current="true"] {
        background: var(--accent-soft);
        --avatar-ring: var(--accent-soft);
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      .line {
        display: flex;
        align-items: baseline;
        gap: 8px;
        min-width: 0;
      }
      .line > :first-child {
        flex: 1;
        min-width: 0;
      }
      .name {
        font-weight: 600;
      }
      .preview {
        min-height: 1.45em;
      }
      time {
        flex: none;
        font-size: 0.8125rem;
        color: var(--muted);
      }
      .unread .preview {
        color: var(--text);
      }
      .typing {
        color: var(--accent);
      }
      .draft {
        color: var(--danger);
      }
      .deleted {
        font-style: italic;
      }
      .badge {
        flex: none;
        align-self: center;
        min-width: 21px;
        height: 21px;
        padding: 0 6px;
        border-radius: 11px;
        background: var(--accent);
        color: var(--on-accent);
        font-size: 0.75rem;
        font-weight: 700;
        line-height: 21px;
        text-align: center;
        font-variant-numeric: tabular-nums;
      }
      .badge.dot {
        min-width: 12px;
        width: 12px;
        height: 12px;
        padding: 0;
      }
    `]}render(){let{conversation:e,client:t}=this,n=t.me?.id,r=Fn(e,n),i=L(e,n),{unread:a,markedUnread:o}=e.readState;return T`
      <button
        class=${a||o?`unread`:``}
        aria-current=${this.current?`true`:`false`}
        @click=${this.#r}
      >
        <causerie-avatar
          .name=${r}
          .key=${i?z(i):e.id}
          .kind=${i?`person`:e.kind===`group`?`group`:`note`}
          ?online=${i!==void 0&&(t.presence(i.id)?.online??!1)}
        ></causerie-avatar>
        <span>
          <span class="line">
            <span class="name clip">${r}</span>
            ${e.lastMessage?T`<time datetime=${e.activeAt.toISOString()} title=${dr(e.activeAt)}
                    >${pr(e.activeAt,new Date)}</time
                  >`:``}
          </span>
          <span class="line">${this.#e()}${this.#n(a,o)}</span>
        </span>
      </button>
    `}#e(){let{conversation:e,client:t}=this,n=Kr(t,t.typing(e.id));if(n)return T`<span class="preview typing clip">${n}</span>`;if(this.draft)return T`<span class="preview muted clip"><span class="draft">${y.draft}</span>${this.draft.trim()}</span>`;let r=e.lastMessage;if(!r)return T`<span class="preview muted clip">${y.noMessages}</span>`;if(r.deletedAt)return T`<span class="preview muted deleted clip">${y.deleted}</span>`;let i=this.#t(r);return T`<span class="preview muted clip">${i?y.said(i,r.text):r.text}</span>`}#t({authorId:e}){let{kind:t}=this.conversation;return t===`note_to_self`?``:e===this.client.me?.id?y.you:t===`group`?Pn(this.client,e)??``:``}#n(e,t){if(e){let t=e>99?`99+`:e;return T`<span class="badge" title=${y.unread(e)}
        >${t}<span class="visually-hidden"> ${y.unread(e)}</span></span
      >`}return t?T`<span class="badge dot" title=${y.markedUnread}
      ><span class="visually-hidden">${y.markedUnread}</span></span
    >`:``}#r(){this.dispatchEvent(new CustomEvent(`causerie-open`,{detail:this.conversation.id,bubbles:!0,composed:!0}))}};H([M({attribute:!1})],$r.prototype,`conversation`,void 0),H([M()],$r.prototype,`draft`,void 0),H([M({type:Boolean})],$r.prototype,`current`,void 0),$r=H([j(`causerie-conversation-item`)],$r);var ei=150,ti=class extends U{constructor(...e){super(...e),this.current=``,this.loadingMore=!1,this.drawnAfter=[`list`,`state`],this.#e=new Cr(this),this.#t=``,this.#n=()=>{}}#e;#t;#n;static{this.styles=[B,V,x`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 4px 8px 12px;
      }
      .more {
        display: block;
        margin: 0 auto 16px;
      }
      .skeleton {
        display: grid;
        grid-template-columns: 48px 1fr;
        gap: 12px;
        padding: 10px 12px;
        align-items: center;
        animation: pulse 1.4s ease-in-out infinite alternate;
      }
      .skeleton i {
        display: block;
        background: var(--border);
        border-radius: 8px;
        height: 12px;
      }
      .skeleton i:first-child {
        width: 48px;
        height: 48px;
        border-radius: 50%;
        grid-row: span 2;
      }
      .skeleton i:nth-child(2) {
        width: 55%;
        align-self: end;
      }
      .skeleton i:nth-child(3) {
        width: 80%;
        align-self: start;
      }
      @keyframes pulse {
        to {
          opacity: 0.45;
        }
      }
    `]}async focusItem(e){await this.updateComplete;let t=[...this.renderRoot.querySelectorAll(`causerie-conversation-item`)].find(({conversation:t})=>t.id===e);return await t?.updateComplete,t?.focus(),t!==void 0}disconnectedCallback(){super.disconnectedCallback(),this.#n(),this.#t=``}updated(e){let{client:t}=this,n=t.conversations.map(e=>L(e,t.me?.id)?.id).filter(e=>e!==void 0).slice(0,ei),r=[...n].sort().join();if(r===this.#t)return;this.#t=r;let i=this.#n;this.#n=t.watchPresence(n),i()}render(){let{client:e}=this,{conversations:t}=e;if(!t.length)return e.listLoaded?this.#a():this.#o();let n=this.#e.of(e.me?.id??``);return T`
      <ul aria-label=${y.conversations}>
        ${Tr(this.#i(t,n),({id:e})=>e,t=>T`<li>
            <causerie-conversation-item
              .client=${e}
              .conversation=${t}
              .draft=${this.#r(t,n)?.text??``}
              ?current=${t.id===this.current}
            ></causerie-conversation-item>
          </li>`)}
      </ul>
      ${e.moreConversations?T`<button class="button more" ?disabled=${this.loadingMore} @click=${this.#s}>${y.loadMore}</button>`:``}
    `}#r({id:e},t){let n=e===this.current?void 0:t.get(e);return n?.text.trim()?n:void 0}#i(e,t){let n=new Map(e.map(e=>[e,Math.max(e.activeAt.getTime(),this.#r(e,t)?.at??0)]));return e.toSorted((e,t)=>(n.get(t)??0)-(n.get(e)??0))}#a(){return T`<div class="empty">
      <span class="badge">${I}</span>
      <h2>${y.noConversations}</h2>
      <p>${y.noConversationsHint}</p>
    </div>`}#o(){return this.client.state.name===`closed`?``:T`<div role="status"><span class="visually-hidden">${y.loading}</span></div>
      <ul aria-hidden="true">
        ${Array.from({length:6},()=>T`<li class="skeleton"><i></i><i></i><i></i></li>`)}
      </ul>`}async#s(){this.loadingMore=!0;try{await this.client.loadMoreConversations()}catch{}finally{this.loadingMore=!1}}};H([M()],ti.prototype,`current`,void 0),H([N()],ti.prototype,`loadingMore`,void 0),ti=H([j(`causerie-conversation-list`)],ti);var ni=`to/`,ri=/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;function ii(e){return e?e.startsWith(ni)?{kind:`person`,userId:e.slice(3)}:{kind:`conversation`,id:e}:{kind:`list`}}function ai(e){return ni+e}function oi(e){return ri.test(e)}var si=class{#e=``;#t=`searching`;#n=!1;#r=!1;constructor(e){this.host=e,e.addController(this)}hostConnected(){}seek(e,t){let n=e.state.name===`connected`,r=this.#t===`failed`&&n&&!this.#r;return this.#r=n,(t!==this.#e||r)&&(this.#e=t,this.#t=oi(t)?`searching`:`missing`),this.#t===`searching`&&n&&e.listLoaded&&!this.#n&&this.#i(e,t),this.#t}again(){this.#e=``,this.host.requestUpdate()}async#i(e,t){this.#n=!0;try{await e.fetchConversation(t)}catch(e){let n=e instanceof r&&e.temporary;t===this.#e&&(this.#t=n?`failed`:`missing`)}finally{this.#n=!1,this.host.requestUpdate()}}},Z=class extends A{constructor(...e){super(...e),this.sending=!1,this.problem=``,this.#e=ke(),this.#t=``}#e;#t;static{this.styles=[B,V,zn,x`
      .empty {
        --avatar-size: 72px;
      }
      .name {
        margin-top: 10px;
        color: var(--text);
        font-size: 1.0625rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
    `]}async focusComposer(){await this.updateComplete,await this.composer.updateComplete,this.composer.focusField()}async focusHeading(){await this.updateComplete,await this.header.focusHeading()}willUpdate(e){e.has(`user`)&&e.get(`user`)?.id!==this.user.id&&(this.problem=``)}render(){let{client:e,user:t}=this,n=R(t);return T`
      <causerie-chat-header .client=${e} .user=${t}></causerie-chat-header>
      <div class="empty">
        <causerie-avatar .name=${n} .key=${z(t)}></causerie-avatar>
        <p class="name">${n}</p>
        <p>${y.firstMessageHint}</p>
      </div>
      ${this.problem?T`<p class="problem" role="alert">${this.problem}</p>`:``}
      <causerie-composer
        .drafts=${Sr(e.me?.id??``)}
        .conversationId=${ai(t.id)}
        .textBytesMax=${e.limits.textBytesMax??0}
        ?busy=${this.sending}
        @causerie-send=${this.#n}
      ></causerie-composer>
    `}async#n({detail:e}){let{client:t,user:n}=this,r=Sr(t.me?.id??``),i=ai(n.id);e!==this.#t&&(this.#e=ke()),this.#t=e,this.problem=``,this.sending=!0;try{let{id:r}=await t.startDirect({id:n.id},{clientId:this.#e,text:e});this.user.id===n.id&&this.dispatchEvent(new CustomEvent(`causerie-moved`,{detail:r}))}catch(t){r.get(i).text||r.type(i,e),this.user.id===n.id&&(this.problem=b(t,y.startErrors))}finally{this.sending=!1}}};H([M({attribute:!1})],Z.prototype,`client`,void 0),H([M({attribute:!1})],Z.prototype,`user`,void 0),H([N()],Z.prototype,`sending`,void 0),H([N()],Z.prototype,`problem`,void 0),H([P(`causerie-chat-header`)],Z.prototype,`header`,void 0),H([P(`causerie-composer`)],Z.prototype,`composer`,void 0),Z=H([j(`causerie-new-chat`)],Z);var ci=x`
  .head {
    display: flex;
    align-items: center;
    gap: 6px;
    padding: 14px 12px 8px 20px;
  }
  .head.deep {
    padding-inline-start: 10px;
  }
  .head h2 {
    flex: 1;
  }
  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    padding: 4px 20px 10px;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 6px;
  }
  .chip {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    min-height: 30px;
    max-width: 100%;
    padding: 0 6px 0 12px;
    border-radius: 15px;
    background: var(--accent-soft);
    font-size: 0.875rem;
  }
  .chip .icon {
    flex: none;
    width: 16px;
    height: 16px;
  }
  .results {
    flex: 1;
    min-height: 260px;
    overflow-y: auto;
    scrollbar-width: thin;
    padding: 0 8px 12px;
    --avatar-size: 40px;
  }
  .results ul {
    list-style: none;
    margin: 0;
    padding: 0;
  }
  .person {
    width: 100%;
    display: flex;
    align-items: center;
    gap: 12px;
    padding: 8px 12px;
    border-radius: 12px;
    text-align: start;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .row .person {
    flex: 1;
    min-width: 0;
  }
  .row .button {
    flex: none;
    margin-inline-end: 12px;
  }
  .person:hover:not(:disabled) {
    background: var(--hover);
  }
  .person:focus-visible {
    outline-offset: -2px;
  }
  .person > span {
    flex: 1;
    min-width: 0;
  }
  .name {
    display: block;
    font-weight: 550;
  }
  .box {
    flex: none;
    width: 22px;
    height: 22px;
    border-radius: 50%;
    border: 2px solid var(--border);
    display: grid;
    place-items: center;
  }
  [aria-pressed="true"] .box {
    background: var(--accent);
    border-color: var(--accent);
    color: var(--on-accent);
  }
  .box .icon {
    width: 14px;
    height: 14px;
    stroke-width: 3;
  }
  [aria-pressed="false"] .box .icon {
    display: none;
  }
  .circle {
    width: 40px;
    height: 40px;
    display: grid;
    place-items: center;
    border-radius: 50%;
    background: var(--accent-soft);
    color: var(--accent);
  }
  .closed {
    font-size: 0.8125rem;
  }
  .hint {
    display: grid;
    gap: 6px;
    padding: 24px 16px;
    text-align: center;
    text-wrap: pretty;
  }
  .foot {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
    padding: 12px 20px;
    border-top: 1px solid var(--border);
  }
  .problem {
    padding: 0 20px 10px;
    color: var(--danger);
    font-size: 0.875rem;
  }
`,li=150,Q=class extends U{constructor(...e){super(...e),this.query=``,this.mayStartGroup=!1,this.asked=new Set,this.group=!1,this.subject=``,this.chosen=[],this.busy=!1,this.problem=``,this.drawnAfter=[],this.#t=0}#e;#t;static{this.styles=[B,Vn,ci]}show(){this.query=this.subject=this.problem=``,this.found=void 0,this.chosen=[],this.asked=new Set,this.group=this.busy=!1,this.dialog.showModal(),this.#u(),this.#d()}render(){return T`<dialog aria-labelledby="heading">
      <div class="head ${this.group?`deep`:``}">
        ${this.group?T`<button class="icon-button" aria-label=${y.newConversation} title=${y.newConversation} @click=${()=>this.#s(!1)}>
              ${gn}
            </button>`:``}
        <h2 id="heading">${this.group?y.newGroup:y.newConversation}</h2>
        <button class="icon-button" aria-label=${y.close} title=${y.close} @click=${()=>this.dialog.close()}>${vn}</button>
      </div>
      <div class="fields">
        ${this.group?this.#a():``}
        <input
          class="field search"
          type="search"
          autofocus
          autocomplete="off"
          aria-label=${y.searchPeople}
          placeholder=${y.searchPeople}
          .value=${ir(this.query)}
          @input=${this.#l}
        />
      </div>
      ${this.problem?T`<p class="problem" role="alert">${this.problem}</p>`:``}
      <div class="results">
        ${this.group||this.query?``:this.#n()}
        <div aria-live="polite">${this.#r()}</div>
      </div>
      ${this.group?this.#o():``}
    </dialog>`}#n(){return T`${this.mayStartGroup?T`<button class="person" @click=${()=>this.#s(!0)}>
          <i class="circle">${On}</i><span class="name">${y.newGroup}</span>
        </button>`:``}
      <button class="person" ?disabled=${this.busy} @click=${()=>this.#m(()=>this.client.startNoteToSelf())}>
        <causerie-avatar kind="note" .key=${this.client.me?z(this.client.me):``}></causerie-avatar><span class="name">${y.noteToSelf}</span>
      </button>`}#r(){if(!this.found)return T`<p class="hint muted">${y.loading}</p>`;let e=this.group?this.found.filter(({can:e})=>e.has(`start`)):this.found;if(!e.length){let e=this.query.trim()?y.nobodyFound:y.nobodyToWriteTo;return this.problem?``:T`<div class="hint"><p>${e}</p><p class="muted">${y.onlyReachable}</p></div>`}return T`<ul>
      ${e.map(e=>T`<li>${this.#i(e)}</li>`)}
    </ul>`}#i({user:e,can:t,conversationId:n,mayRequest:r}){let i=R(e),a=T`<causerie-avatar .name=${i} .key=${z(e)}></causerie-avatar>`;if(!this.group){let o=t.has(`start`)||n!==void 0,s=()=>{o?this.#p(n??ai(e.id)):this.#m(()=>this.client.startDirect({id:e.id}),y.startErrors)},[c]=r,l=this.asked.has(e.id)?y.requestSent:c?y.onRequest:y.notStartable;return T`<div class="row">
        <button class="person" ?disabled=${this.busy} @click=${s}>
          ${a}
          <span>
            <span class="name clip">${i}</span>
            ${o?``:T`<span class="closed muted">${l}</span>`}
          </span>
        </button>
        ${o||c===void 0?``:T`<button class="button" ?disabled=${this.busy} aria-label=${y.sendRequestTo(i)} @click=${()=>this.#f(c,e)}>
              ${y.sendRequest}
            </button>`}
      </div>`}return T`<button class="person" aria-pressed=${this.chosen.some(({id:t})=>t===e.id)?`true`:`false`} @click=${()=>this.#c(e)}>
      ${a}<span class="name clip">${i}</span><i class="box">${jn}</i>
    </button>`}#a(){return T`<input
        class="field subject"
        autocomplete="off"
        aria-label=${y.groupName}
        placeholder=${y.groupName}
        .value=${ir(this.subject)}
        @input=${e=>{this.subject=e.target.value}}
      />
      ${this.chosen.length?T`<div class="chips">
            ${this.chosen.map(e=>{let t=R(e);return T`<button class="chip" aria-label=${y.remove(t)} @click=${()=>this.#c(e)}>
                <span class="clip">${t}</span>${vn}
              </button>`})}
          </div>`:``}`}#o(){let e=this.chosen.length>0&&this.subject.trim()!==``&&!this.busy,t=()=>this.client.startGroup(this.subject.trim(),this.chosen.map(({id:e})=>({id:e}))),n={...y.startErrors,...y.startGroupErrors};return T`<div class="foot">
      <span class="muted">${y.selected(this.chosen.length)}</span>
      <button class="button primary" ?disabled=${!e} @click=${()=>this.#m(t,n)}>${y.createGroup}</button>
    </div>`}#s(e){this.group=e,this.problem=``}#c(e){let t=this.chosen.filter(({id:t})=>t!==e.id);this.chosen=t.length<this.chosen.length?t:[...this.chosen,e]}#l(e){this.query=e.target.value,clearTimeout(this.#e),this.#e=setTimeout(()=>void this.#u(),li)}async#u(){let e=++this.#t;try{let{items:t,mayStartGroup:n}=await this.client.searchDirectory(this.query.trim(),50);if(e!==this.#t)return;let r=this.client.me?.id;this.mayStartGroup=n,this.found=t.filter(e=>e.user!==void 0&&e.user.id!==r),this.problem=``}catch(t){if(e!==this.#t)return;this.found=[],this.problem=b(t)}}async#d(){try{let{items:e}=await this.client.relations(),t=e.filter(({state:e,direction:t})=>e===`pending`&&t===`outgoing`);this.asked=new Set([...this.asked,...t.map(({user:e})=>e.id)])}catch{}}async#f(e,t){this.busy=!0,this.problem=``;try{await this.client.relate(e,{id:t.id}),this.asked=new Set([...this.asked,t.id]),await this.#u()}catch(e){this.problem=b(e)}finally{this.busy=!1}}#p(e){this.dialog.close(),this.dispatchEvent(new CustomEvent(`causerie-open`,{detail:e,bubbles:!0,composed:!0}))}async#m(e,t={}){this.busy=!0,this.problem=``;try{this.#p((await e()).id)}catch(e){this.problem=b(e,t)}finally{this.busy=!1}}};H([N()],Q.prototype,`query`,void 0),H([N()],Q.prototype,`found`,void 0),H([N()],Q.prototype,`mayStartGroup`,void 0),H([N()],Q.prototype,`asked`,void 0),H([N()],Q.prototype,`group`,void 0),H([N()],Q.prototype,`subject`,void 0),H([N()],Q.prototype,`chosen`,void 0),H([N()],Q.prototype,`busy`,void 0),H([N()],Q.prototype,`problem`,void 0),H([P(`dialog`)],Q.prototype,`dialog`,void 0),Q=H([j(`causerie-new-conversation`)],Q);var ui=class extends A{constructor(...e){super(...e),this.state=`searching`}static{this.styles=[B,zn,V]}render(){if(this.state===`searching`)return T`<div class="empty" role="status"><span class="spinner"></span><span class="visually-hidden">${y.loading}</span></div>`;let e=this.state===`failed`;return T`<div class="empty">
      <span class="badge">${I}</span>
      <h2 role="alert">${e?y.loadFailed:y.notThere}</h2>
      ${e?T`<button class="button primary" @click=${()=>this.#e(`causerie-again`)}>${y.tryAgain}</button>`:``}
      <button class="button" @click=${()=>this.#e(`causerie-back`)}>${y.back}</button>
    </div>`}#e(e){this.dispatchEvent(new CustomEvent(e))}};H([M()],ui.prototype,`state`,void 0),ui=H([j(`causerie-nowhere`)],ui);function di({state:e,direction:t}){return e===`pending`&&t===`incoming`}function fi(e,t){return e.relation===t.relation&&e.user.id===t.user.id}var pi=class extends U{constructor(...e){super(...e),this.asking=[],this.busy=!1,this.problem=``,this.drawnAfter=[],this.#e=[],this.#t=0}#e;#t;static{this.styles=[B,x`
      :host {
        display: block;
        flex: none;
        max-height: 40%;
        overflow-y: auto;
        scrollbar-width: thin;
      }
      section {
        padding: 4px 8px 8px;
        border-bottom: 1px solid var(--border);
        --avatar-size: 40px;
      }
      h2 {
        padding: 4px 12px;
        font-size: 0.8125rem;
        font-weight: 650;
        color: var(--muted);
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 0;
      }
      li {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: 6px 12px;
      }
      .name {
        flex: 1;
        min-width: 0;
        font-weight: 600;
      }
      .icon-button {
        background: var(--hover);
      }
      .icon-button.yes {
        background: var(--accent);
        color: var(--on-accent);
      }
      .problem {
        padding: 4px 12px;
        color: var(--danger);
        font-size: 0.875rem;
      }
    `]}connectedCallback(){super.connectedCallback(),this.hasUpdated&&this.clientChanged()}disconnectedCallback(){super.disconnectedCallback(),this.#o()}clientChanged(){this.#o(),this.asking=[],this.#e=[this.client.on(`state`,({name:e})=>e===`connected`&&void this.#a()),this.client.on(`relation`,e=>this.#i(e))],this.client.state.name===`connected`&&this.#a()}render(){return!this.asking.length&&!this.problem?``:T`<section aria-labelledby="heading">
      <h2 id="heading">${y.requests}</h2>
      ${this.problem?T`<p class="problem" role="alert">${this.problem}</p>`:``}
      <ul>
        ${this.asking.map(e=>T`<li>${this.#n(e)}</li>`)}
      </ul>
    </section>`}#n({relation:e,user:t}){let{client:n}=this,r=R(t),[i,a]=[y.acceptRequest(r),y.declineRequest(r)],o={id:t.id};return T`<causerie-avatar .name=${r} .key=${z(t)}></causerie-avatar>
      <span class="name clip" title=${r}>${r}</span>
      <button class="icon-button yes" aria-label=${i} title=${i} ?disabled=${this.busy}
        @click=${()=>this.#r(()=>n.acceptRelation(e,o))}>${jn}</button>
      <button class="icon-button" aria-label=${a} title=${a} ?disabled=${this.busy}
        @click=${()=>this.#r(()=>n.unrelate(e,o))}>${vn}</button>`}async#r(e){this.busy=!0,this.problem=``;try{await e()}catch(e){this.problem=b(e)}finally{this.busy=!1}}#i(e){this.#t++;let t=this.asking.filter(t=>!fi(t,e));this.asking=di(e)?[e,...t]:t}async#a(){let[e,t]=[this.#t,this.client];try{let{items:n}=await t.relations();if(t!==this.client)return;e===this.#t?this.asking=n.filter(di):await this.#a()}catch{}}#o(){for(let e of this.#e)e();this.#e=[]}};H([N()],pi.prototype,`asking`,void 0),H([N()],pi.prototype,`busy`,void 0),H([N()],pi.prototype,`problem`,void 0),pi=H([j(`causerie-requests`)],pi);var $=class extends U{constructor(...e){super(...e),this.current=``,this.drawnAfter=[`list`,`state`,`users`],this.#e={kind:`list`},this.#t=new si(this),this.#n=`searching`,this.#r=``,this.#i=!1}#e;#t;#n;#r;#i;static{this.styles=[Rn,B,V,x`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        min-height: 0;
        background: var(--background);
        container: messenger / inline-size;
      }
      .panes {
        flex: 1;
        display: grid;
        grid-template-columns: minmax(300px, 32%) minmax(0, 1fr);
        grid-template-rows: minmax(0, 1fr);
        min-height: 0;
      }
      @container messenger (min-width: 1200px) {
        .panes {
          grid-template-columns: 360px minmax(0, 1fr);
        }
      }
      aside {
        display: flex;
        flex-direction: column;
        min-height: 0;
        min-width: 0;
        background: var(--surface);
        border-inline-end: 1px solid var(--border);
      }
      aside header {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 64px;
        padding: 10px 12px 6px 20px;
        --avatar-size: 36px;
      }
      h1 {
        flex: 1;
        font-size: 1.25rem;
        font-weight: 700;
        letter-spacing: -0.015em;
      }
      .new {
        background: var(--accent);
        color: var(--on-accent);
      }
      .new:hover:not(:disabled) {
        background: var(--accent);
        color: var(--on-accent);
        filter: brightness(1.1);
      }
      causerie-conversation-list {
        flex: 1;
      }
      main {
        display: flex;
        flex-direction: column;
        min-width: 0;
        min-height: 0;
      }
      causerie-chat {
        flex: 1;
      }
      @container messenger (max-width: 719px) {
        .panes {
          grid-template-columns: minmax(0, 1fr);
        }
        .panes.list main,
        .panes.chat aside {
          display: none;
        }
      }
    `]}willUpdate(e){super.willUpdate(e);let{client:t}=this,n=ii(this.current);this.#e=n,n.kind===`conversation`&&!t.conversation(n.id)&&(this.#r===n.id?this.#i=!0:this.#n=this.#t.seek(t,n.id)),n.kind===`person`&&(this.#n=oi(n.userId)&&!t.isHidden(n.userId)?`searching`:`missing`)}updated(e){if(this.#i)return this.#i=!1,this.#d(``);let t=this.#c();if(t)return this.#d(t);let n=this.chat||this.newChat?this.current:``,r=this.#r;this.#r=n,(n!==r||n&&e.has(`current`))&&this.#a(n,r)}async#a(e,t){let n=this.chat??this.newChat;if(e)return matchMedia(`(hover: hover)`).matches?n?.focusComposer():n?.focusHeading();this.#e.kind===`list`&&!await this.list.focusItem(t)&&this.heading.focus()}render(){let{client:e}=this,t=e.me;return T`
      <causerie-connection-banner .client=${e}></causerie-connection-banner>
      <div class="panes ${this.#e.kind===`list`?`list`:`chat`}" @causerie-open=${this.#l}>
        <aside>
          <header>
            ${t?T`<causerie-avatar .name=${R(t)} .key=${z(t)} title=${y.signedInAs(R(t))}></causerie-avatar>`:``}
            <h1 class="clip" tabindex="-1">${y.conversations}</h1>
            <button
              class="icon-button new"
              aria-label=${y.newConversation}
              title=${y.newConversation}
              @click=${()=>this.newConversation.show()}
            >
              ${hn}
            </button>
          </header>
          <causerie-requests .client=${e}></causerie-requests>
          <causerie-conversation-list .client=${e} .current=${this.current}></causerie-conversation-list>
        </aside>
        <main>${this.#o()}</main>
        <causerie-new-conversation .client=${e}></causerie-new-conversation>
      </div>
    `}#o(){let{client:e}=this,t=this.#e;if(t.kind===`list`)return this.#s();let n=t.kind===`conversation`&&e.conversation(t.id);if(n)return T`<causerie-chat
        .client=${e}
        .conversation=${n}
        @causerie-back=${()=>this.#u(``)}
        @causerie-mark-unread=${this.#f}
      ></causerie-chat>`;let r=t.kind===`person`&&e.listLoaded&&oi(t.userId)?e.user(t.userId):void 0;return r?T`<causerie-new-chat
        .client=${e}
        .user=${r}
        @causerie-back=${()=>this.#u(``)}
        @causerie-moved=${({detail:e})=>this.#d(e)}
      ></causerie-new-chat>`:T`<causerie-nowhere
      .state=${this.#n}
      @causerie-back=${()=>this.#u(``)}
      @causerie-again=${()=>this.#t.again()}
    ></causerie-nowhere>`}#s(){return T`<div class="empty">
      <span class="badge">${I}</span>
      <h2>${y.chooseConversation}</h2>
      <p>${y.chooseConversationHint}</p>
      <button class="button primary" @click=${()=>this.newConversation.show()}>${y.newConversation}</button>
    </div>`}#c(){let e=this.#e;if(e.kind!==`person`)return``;let{conversations:t,me:n}=this.client;return t.find(t=>L(t,n?.id)?.id===e.userId)?.id??``}#l(e){e.stopPropagation(),this.#u(e.detail)}#u(e){this.dispatchEvent(new CustomEvent(`causerie-open`,{detail:e}))}#d(e){this.dispatchEvent(new CustomEvent(`causerie-moved`,{detail:e}))}#f(){let{current:e}=this;this.#u(``),this.client.markUnread(e).catch(()=>{})}};H([M()],$.prototype,`current`,void 0),H([P(`causerie-new-conversation`)],$.prototype,`newConversation`,void 0),H([P(`causerie-chat`)],$.prototype,`chat`,void 0),H([P(`causerie-new-chat`)],$.prototype,`newChat`,void 0),H([P(`causerie-conversation-list`)],$.prototype,`list`,void 0),H([P(`h1`)],$.prototype,`heading`,void 0),$=H([j(`causerie-messenger`)],$);var mi=`demo`,hi=class extends Error{constructor(e){super(`the demo answered ${e}`),this.status=e}};async function gi(e,t){let n=await fetch(e,t);if(!n.ok)throw new hi(n.status);return await n.json()}async function _i(){return(await gi(`/demo/people`)).tenants??[]}async function vi(e){return(await gi(`/demo/token`,{method:`POST`,headers:{"content-type":`application/json`},body:JSON.stringify(e)})).token}function yi(e){let t=e.get(`as`);return t?{tenant:e.get(`tenant`)||mi,externalId:t}:void 0}function bi({tenant:e,externalId:t},n){let r=new URL(n);return r.hash=``,e===mi?r.searchParams.delete(`tenant`):r.searchParams.set(`tenant`,e),r.searchParams.set(`as`,t),r.href}function xi({tenant:e,externalId:t}){return[`causerie.outbox`,e,t].map(encodeURIComponent).join(`/`)}function Si(e){return e?.[y.locale]??e?.en??``}var Ci=class extends A{constructor(...e){super(...e),this.problem=`none`,this.#n=async()=>{this.problem=`none`;try{this.tenants=await _i()}catch(e){this.problem=e instanceof hi&&e.status===404?`no-demo`:`failed`}}}static{this.styles=[Rn,B,V,x`
      :host {
        display: flex;
        flex-direction: column;
        height: 100%;
        overflow-y: auto;
        background: var(--surface);
      }
      main {
        width: min(560px, 100%);
        margin: auto;
        padding: 40px 20px;
      }
      main.several {
        width: min(1180px, 100%);
      }
      .logo {
        width: 56px;
        height: 56px;
        display: grid;
        place-items: center;
        border-radius: 18px;
        background: var(--accent);
        color: var(--on-accent);
        margin-bottom: 20px;
      }
      .logo .icon {
        width: 30px;
        height: 30px;
      }
      h1 {
        font-size: 1.75rem;
        font-weight: 750;
        letter-spacing: -0.025em;
        line-height: 1.2;
      }
      main > p {
        margin: 6px 0 24px;
      }
      .several .tenants {
        columns: 3 300px;
        column-gap: 20px;
      }
      section {
        break-inside: avoid;
        margin-bottom: 20px;
        border: 1px solid var(--border);
        border-radius: 20px;
        background: var(--background);
        overflow: hidden;
      }
      section header {
        padding: 16px 20px 2px;
      }
      h2 {
        font-size: 1.0625rem;
        font-weight: 650;
      }
      header p {
        margin-top: 2px;
        font-size: 0.875rem;
        text-wrap: pretty;
      }
      ul {
        list-style: none;
        margin: 0;
        padding: 8px;
        --avatar-size: 40px;
      }
      a {
        display: flex;
        align-items: center;
        gap: 14px;
        padding: 8px 12px;
        border-radius: 14px;
        color: inherit;
        text-decoration: none;
        transition: background 0.12s;
      }
      a:hover {
        background: var(--hover);
      }
      a:focus-visible {
        outline-offset: -2px;
      }
      .who {
        flex: 1;
        min-width: 0;
      }
      .who > * {
        display: block;
        line-height: 1.35;
      }
      .name {
        font-weight: 550;
        overflow-wrap: anywhere;
      }
      .about {
        font-size: 0.8125rem;
      }
    `]}connectedCallback(){super.connectedCallback(),this.#n()}render(){return this.problem===`no-demo`?T`<main class="empty"><span class="badge">${I}</span>
        <h2>${y.noDemo}</h2><p>${y.noDemoHint}</p></main>`:this.problem===`failed`?T`<main class="empty" role="alert"><h2>${y.loadFailed}</h2>
        <button class="button" @click=${this.#n}>${y.tryAgain}</button></main>`:T`<main class=${(this.tenants?.length??0)>1?`several`:``}>
      <div class="logo">${I}</div>
      <h1>${y.choosePerson}</h1>
      <p class="muted">${y.choosePersonHint}</p>
      ${this.tenants?T`<div class="tenants">${this.tenants.map(e=>this.#e(e))}</div>`:T`<div role="status"><span class="spinner"></span><span class="visually-hidden">${y.loading}</span></div>`}
    </main>`}#e({slug:e,name:t,about:n,people:r}){return T`<section aria-labelledby=${e}>
      <header>
        <h2 id=${e}>${Si(t)}</h2>
        <p class="muted">${Si(n)}</p>
      </header>
      <ul>
        ${r.map(t=>T`<li>${this.#t(e,t)}</li>`)}
      </ul>
    </section>`}#t(e,{externalId:t,name:n,about:r}){return T`<a href=${bi({tenant:e,externalId:t},location.href)} target="_blank" rel="noopener">
      <causerie-avatar .name=${n} .key=${t}></causerie-avatar>
      <span class="who">
        <span class="name">${n}</span>
        ${Si(r)?T`<span class="about muted">${Si(r)}</span>`:``}
      </span>
    </a>`}#n};H([N()],Ci.prototype,`tenants`,void 0),H([N()],Ci.prototype,`problem`,void 0),Ci=H([j(`causerie-people-chooser`)],Ci);function wi(e){let t=_r(),n=new URL(`/v1/ws`,location.href);return n.protocol=n.protocol===`https:`?`wss:`:`ws:`,new tt({url:n.href,getToken:()=>vi(e).catch(Ti),client:{name:`causerie-messenger`,version:Ae},...t&&{outboxStore:nt(xi(e),t)}})}function Ti(e){throw e instanceof hi&&e.status>=400&&e.status<500&&e.status!==429?new r({code:200,name:`unauthenticated`,message:e.message}):e}var Ei=`Causerie`,Di=new URLSearchParams(location.search),Oi=Di.get(`lang`);document.documentElement.lang=st(Oi?[Oi,...navigator.languages]:navigator.languages).locale;function ki(){let e=location.hash.slice(1);try{return decodeURIComponent(e)}catch{return e}}function Ai(e){return e.split(`/`).map(encodeURIComponent).join(`/`)}function ji(e){let t=wi(e),n=document.createElement(`causerie-messenger`);n.client=t,n.current=ki(),n.addEventListener(`causerie-open`,e=>{location.hash=Ai(e.detail)}),n.addEventListener(`causerie-moved`,e=>{let{detail:t}=e;history.replaceState(null,``,t?`#${Ai(t)}`:location.pathname+location.search),n.current=t}),addEventListener(`hashchange`,()=>{n.current=ki()}),t.on(`unread`,e=>{document.title=e>0?`(${e}) ${Ei}`:Ei}),t.on(`error`,e=>console.warn(`${e.name}: ${e.message}`)),t.connect(),document.body.append(n)}var Mi=yi(Di);Mi?ji(Mi):document.body.append(document.createElement(`causerie-people-chooser`)),document.querySelector(`.not-started`)?.remove();